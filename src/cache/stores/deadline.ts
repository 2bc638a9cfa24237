export class DeadlineExceeded extends Error {
  constructor(deadlineMs: number) {
    super(`Redis did not answer within ${deadlineMs} ms`);
    this.name = 'DeadlineExceeded';
  }
}

/**
 * Gives up waiting, never aborts: a command that is on its way cannot be taken back without corrupting the client's
 * queue. After the timer one more turn of the event loop is granted, so that answers which have arrived while this
 * process was busy count as in time.
 *
 * @throws DeadlineExceeded
 */
export function withinDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  // One promise, and no race of several: every read of the cache passes here.
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new DeadlineExceeded(deadlineMs))), deadlineMs);
    const inTime =
      <Outcome>(pass: (outcome: Outcome) => void) =>
      (outcome: Outcome): void => {
        clearTimeout(timer);
        pass(outcome);
      };
    work.then(inTime(resolve), inTime(reject));
  });
}
