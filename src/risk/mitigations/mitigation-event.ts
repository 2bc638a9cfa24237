import type { OutboxEvent } from '../../outbox/outbox';
import type { MitigationResponse } from './mitigation.dto';

type MitigationEvent = Extract<OutboxEvent['type'], `mitigation.${string}`>;

/** Told in the order of what happens to its risk. */
export function mitigationEvent(
  type: MitigationEvent,
  { id, riskId, version, title, status, progress, assigneeId, dueDate }: MitigationResponse,
  changedFields: readonly string[] = [],
): OutboxEvent {
  const data = { mitigationId: id, riskId, version, changedFields, title, status, progress, assigneeId, dueDate };
  return { type, subjectId: riskId, data };
}
