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
export async function withinDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => setImmediate(() => reject(new DeadlineExceeded(deadlineMs))), deadlineMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
