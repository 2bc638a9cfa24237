import { DomainError, type FieldProblem } from '../../errors/domain-error';
import { mitigationMovesFrom, type MitigationStatus } from './mitigation-lifecycle';

/** A mitigation does not go there from where it is; the moves that it may make are listed. */
export class IllegalMitigationMove extends DomainError {
  readonly status = 409;
  readonly code = 'mitigation.illegal-move';
  override readonly extensions: Readonly<Record<string, unknown>>;
  constructor(from: MitigationStatus, to: MitigationStatus) {
    super(`A mitigation does not go from ${from} to ${to}.`);
    this.extensions = { allowed: mitigationMovesFrom(from) };
  }
}

/** DONE says that everything is done: what is left is ticked off, or deleted, before. */
export class SubActionsLeft extends DomainError {
  readonly status = 409;
  readonly code = 'mitigation.sub-actions-left';
  constructor(count: number) {
    super(`DONE needs every sub-action done; ${count} ${count === 1 ? 'is' : 'are'} not.`);
  }
}

/** Of what is DONE or CANCELLED the sub-actions stay as they are. */
export class MitigationOver extends DomainError {
  readonly status = 409;
  readonly code = 'mitigation.over';
  constructor(status: MitigationStatus) {
    super(`The mitigation is ${status}: move it back before its sub-actions change.`);
  }
}

export class TooManySubActions extends DomainError {
  readonly status = 409;
  readonly code = 'mitigation.too-many-sub-actions';
  constructor(most: number) {
    super(`A mitigation has at most ${most} sub-actions.`);
  }
}

/** What the risk is MITIGATED by. */
export class LastMitigation extends DomainError {
  readonly status = 409;
  readonly code = 'mitigation.last-of-mitigated';
  constructor() {
    super('This is the only mitigation of a MITIGATED risk: without it nothing would say why it is mitigated.');
  }
}

/** The progress that was sent is not the one that follows from the rest. */
export class ProgressFollows extends DomainError {
  readonly status = 422;
  readonly code = 'mitigation.progress-follows';
  override readonly errors: readonly FieldProblem[];
  constructor(progress: number, from: 'sub-actions' | 'status') {
    super('The progress follows from the sub-actions when there are any, and is 100 for what is DONE.');
    this.errors = [{ pointer: '/progress', code: 'derived', message: `follows from the ${from}: it is ${progress}` }];
  }
}
