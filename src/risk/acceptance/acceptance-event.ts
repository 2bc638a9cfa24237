import type { OutboxEvent } from '../../outbox/outbox';
import type { LiveAcceptance } from './acceptance-rows';

/** What is done to an acceptance, as the audit log names it. */
export type AcceptanceAction = 'request' | 'approve' | 'reject' | 'withdraw' | 'revoke' | 'warn' | 'expire';

const types = {
  request: 'acceptance.requested',
  approve: 'acceptance.approved',
  reject: 'acceptance.rejected',
  withdraw: 'acceptance.withdrawn',
  revoke: 'acceptance.revoked',
  warn: 'acceptance.expiring',
  expire: 'acceptance.expired',
} as const satisfies Readonly<Record<AcceptanceAction, OutboxEvent['type']>>;

/** Told in the order of what happens to its risk. Why it is asked for stays in the house. */
export function acceptanceEvent(
  action: AcceptanceAction,
  { id, riskId, validUntil }: Pick<LiveAcceptance, 'id' | 'riskId' | 'validUntil'>,
): OutboxEvent {
  return { type: types[action], subjectId: riskId, data: { acceptanceId: id, riskId, validUntil } };
}
