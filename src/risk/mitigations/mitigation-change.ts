import { isOpen, mitigationMovesFrom } from './mitigation-lifecycle';
import type { CreateMitigation, MitigationResponse, UpdateMitigation } from './mitigation.dto';
import { IllegalMitigationMove, ProgressFollows, SubActionsLeft } from './mitigation.errors';

/** What of a mitigation a request decides. */
export type MitigationFields = Pick<
  MitigationResponse,
  'title' | 'assigneeId' | 'status' | 'progress' | 'dueDate' | 'cost' | 'durationDays'
>;

const FIELDS = ['title', 'assigneeId', 'status', 'progress', 'dueDate', 'cost', 'durationDays'] as const;

export function newMitigation(request: CreateMitigation): MitigationFields {
  const { title, assigneeId = null, status = 'PLANNED', progress = 0, dueDate = null } = request;
  const { cost = 1, durationDays = 1 } = request;
  return { title, assigneeId, status, progress, dueDate, cost, durationDays };
}

/**
 * The mitigation as it is after the change. What is DONE is at 100 percent, and so are its sub-actions.
 *
 * @throws IllegalMitigationMove 409, SubActionsLeft 409, ProgressFollows 422
 */
export function changedMitigationOf(current: MitigationResponse, change: UpdateMitigation): MitigationFields {
  const status = change.status ?? current.status;
  if (status !== current.status && !mitigationMovesFrom(current.status).includes(status)) {
    throw new IllegalMitigationMove(current.status, status);
  }
  const left = current.subActionCount - current.subActionsDone;
  if (status === 'DONE' && left > 0) throw new SubActionsLeft(left);
  const progress = progressOf({ ...current, status }, change.progress);
  const { title = current.title, cost = current.cost, durationDays = current.durationDays } = change;
  const { assigneeId = current.assigneeId, dueDate = current.dueDate } = change;
  return { title, assigneeId, status, progress, dueDate, cost, durationDays };
}

/** Names of the fields that differ. */
export function changedMitigationFields(before: MitigationFields, after: MitigationFields): (keyof MitigationFields)[] {
  return FIELDS.filter((field) => before[field] !== after[field]);
}

/** Whether work begins, or begins again, on something that had nothing left to be done. */
export function opens(before: MitigationFields | undefined, after: MitigationFields): boolean {
  return isOpen(after.status) && (before === undefined || !isOpen(before.status));
}

function progressOf({ status, progress, subActionCount }: MitigationResponse, asked: number | undefined): number {
  const follows = status === 'DONE' ? 100 : subActionCount > 0 ? progress : undefined;
  if (follows === undefined) return asked ?? progress;
  if (asked !== undefined && asked !== follows) {
    throw new ProgressFollows(follows, subActionCount > 0 ? 'sub-actions' : 'status');
  }
  return follows;
}
