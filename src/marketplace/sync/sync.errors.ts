import { DomainError } from '../../errors/domain-error';

export class SyncUnderway extends DomainError {
  readonly status = 409;
  readonly code = 'app.sync-underway';
  override readonly extensions: Readonly<Record<string, unknown>>;
  constructor(runId: string) {
    super('The app is synchronised already: one run at a time.');
    this.extensions = { runId };
  }
}

export class NothingToSync extends DomainError {
  readonly status = 409;
  readonly code = 'app.nothing-to-sync';
  constructor() {
    super('The connector of this app brings nothing: there is nothing to synchronise.');
  }
}

export class RunFinished extends DomainError {
  readonly status = 409;
  readonly code = 'app.run-finished';
  constructor(status: string) {
    super(`The run is over: ${status}.`);
  }
}

/** How the job of a run ends whose attempt failed: the run says what happens next. */
export class SyncFailed extends DomainError {
  readonly status = 422;
  readonly code = 'app.sync-failed';
}

/** Somebody else has begun the run anew, or it is over: what this attempt still has is nobody's business. */
export class SyncSuperseded extends Error {
  constructor() {
    super('The run was begun anew by another process, or ended');
    this.name = 'SyncSuperseded';
  }
}

/** The run goes no further, and need not: it was cancelled, or nobody wants it any more. */
export class SyncStopped extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SyncStopped';
  }
}

/** Why runs are stopped: for a person. */
export const CANCELLED = 'It was cancelled.';
export const SWITCHED_OFF = 'The app was switched off meanwhile.';
