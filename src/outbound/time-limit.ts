/** A signal that is given after some time, or with an outer one; to be ended when what it limits has ended. */
export class TimeLimit {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly outer: AbortSignal | undefined;

  constructor(ms: number, failure: () => Error, outer?: AbortSignal) {
    this.outer = outer;
    this.timer = setTimeout(() => this.controller.abort(failure()), ms);
    outer?.addEventListener('abort', this.pass, { once: true });
    if (outer?.aborted) this.pass();
  }

  /** Its reason is the failure, or that of the outer signal. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener('abort', this.pass);
  }

  private readonly pass = (): void => this.controller.abort(this.outer?.reason);
}
