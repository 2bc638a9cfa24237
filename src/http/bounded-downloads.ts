import type { StreamableFile } from '@nestjs/common';
import { Unavailable } from '../errors/http.errors';

/** Files that are made while they are sent: a few at a time, and none without an end. */
export class BoundedDownloads {
  private running = 0;

  /**
   * @param concurrency how many are sent at the same time
   * @param timeoutSeconds how long one may take: a client that takes too long, or nothing at all, is cut off
   */
  constructor(
    private readonly concurrency: number,
    private readonly timeoutSeconds: number,
  ) {}

  /**
   * @param make the file, over a stream whose place is free again once it is closed, however it ended
   * @throws Unavailable 503 while too many run, and whatever `make` throws
   */
  async start(make: () => Promise<StreamableFile>): Promise<StreamableFile> {
    if (this.running >= this.concurrency) throw new Unavailable('Too many exports at once.');
    this.running++;
    try {
      const file = await make();
      const stream = file.getStream();
      const deadline = setTimeout(() => stream.destroy(), this.timeoutSeconds * 1000).unref();
      stream.once('close', () => {
        clearTimeout(deadline);
        this.running--;
      });
      return file;
    } catch (error) {
      this.running--;
      throw error;
    }
  }
}
