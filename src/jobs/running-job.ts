/** What a job's method gets. */
export interface RunningJob<Parameters = unknown> {
  readonly id: string;
  readonly tenantId: string;
  /** As they were handed in; undefined for a job of a period. */
  readonly parameters: Parameters;
  /** When the period began that it is for; undefined for a job that somebody has started. */
  readonly period: Date | undefined;
  /** 1 for the first. */
  readonly attempt: number;
  /** Aborted when somebody cancels the job, when this process shuts down, or when another process has taken the job over. */
  readonly signal: AbortSignal;
  /**
   * Tells how far it is, at most once a second; to be called often.
   *
   * @throws the reason of `signal`, when it is aborted: let it pass
   */
  report(done: number, total?: number): Promise<void>;
}

/** Why a job ended before it was done. */
export class JobInterrupted extends Error {
  constructor(override readonly cause: 'cancelled' | 'shutdown' | 'lost') {
    super(`The job was interrupted: ${cause}`);
    this.name = 'JobInterrupted';
  }
}
