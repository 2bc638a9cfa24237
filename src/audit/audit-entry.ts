import { v7 as uuidv7 } from 'uuid';
import type { RequestContext } from '../context/request-context';
import type { Outcome } from './audit.metrics';

export interface AuditEntry {
  /** What was done: `risk.update`, `role.grant`, `session.revoke`. */
  readonly action: string;
  /** What it was done to: `risk`, `role`, `session`. */
  readonly resource: string;
  readonly resourceId?: string;
  /** Default SUCCESS. DENIED: somebody was refused it; FAILURE: it was tried and did not come about (a wrong password). */
  readonly outcome?: Outcome;
  /** Plain JSON that says what changed. Never a secret, a token or a password. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An entry with who did it, ready to be inserted. */
export interface AuditRow extends AuditEntry {
  readonly id: string;
  readonly outcome: Outcome;
  readonly details: Readonly<Record<string, unknown>>;
  readonly actorId?: string;
  readonly sessionId?: string;
  readonly apiTokenId?: string;
  readonly requestId?: string;
  readonly address?: string;
}

/** Actor, credential, address and request id are those of the context; all are empty for work of our own. */
export function toAuditRow(entry: AuditEntry, context: RequestContext | undefined): AuditRow {
  const { actor, requestId, address } = context ?? {};
  return {
    outcome: 'SUCCESS',
    details: {},
    ...entry,
    id: uuidv7(),
    ...(actor && { actorId: actor.userId, sessionId: actor.sessionId, apiTokenId: actor.apiTokenId }),
    requestId,
    address,
  };
}
