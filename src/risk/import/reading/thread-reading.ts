import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ImportRow } from '../import-row';
import type { ImportOptions } from '../read-import';
import { UnreadableImport } from '../unreadable-import';
import type { FileFacts, ReadingAnswer, ReadingOrder } from './messages';

const ENTRY = require.resolve('./import-thread');

/** What a thread may hold besides the bytes of its file: several times what the largest JSON becomes. */
const MOST_HEAP_MEGABYTES = 1024;

/** For the first answer, and for each batch: tens of times what the largest files take. */
const DEADLINE_MS = 60_000;

/** A file that is read in a thread of its own, so that nobody else waits meanwhile. To be closed, however it ends. */
export class ThreadReading {
  private failure: Error | undefined;

  private constructor(
    private readonly worker: Worker,
    private readonly signal: AbortSignal | undefined,
  ) {
    worker.on('error', (error: Error) => (this.failure = error));
  }

  /** @throws UnreadableImport 422, also for a file that takes too long or too much memory; the reason of the signal */
  static async open(
    file: Buffer,
    options: ImportOptions,
    signal?: AbortSignal,
    mostHeapMegabytes = MOST_HEAP_MEGABYTES,
  ): Promise<{ facts: FileFacts; reading: ThreadReading }> {
    signal?.throwIfAborted();
    const workerData: ReadingOrder = { file, options };
    // Of what the process knows it needs nothing.
    const worker = new Worker(ENTRY, {
      ...{ workerData, env: {}, resourceLimits: { maxOldGenerationSizeMb: mostHeapMegabytes } },
    });
    const reading = new ThreadReading(worker, signal);
    try {
      const answer = await reading.answer();
      if (answer.kind !== 'opened') throw new Error(`The first answer of an import's thread is ${answer.kind}`);
      return { facts: answer.facts, reading };
    } catch (error) {
      await reading.close();
      throw error;
    }
  }

  /** In the order of the file. While one batch is worked on the next is read. */
  async *batches(): AsyncGenerator<readonly ImportRow[]> {
    let next = this.ask();
    for (;;) {
      const answer = await next;
      if (answer.kind !== 'rows' || answer.rows.length === 0) return;
      next = this.ask();
      // Whoever stops in between does not wait for it.
      next.catch(() => undefined);
      yield answer.rows;
    }
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private ask(): Promise<ReadingAnswer> {
    this.worker.postMessage('next');
    return this.answer();
  }

  private async answer(): Promise<ReadingAnswer> {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const signal = this.signal ? AbortSignal.any([deadline, this.signal]) : deadline;
    try {
      if (this.failure) throw this.failure;
      const [answer] = (await once(this.worker, 'message', { signal })) as [ReadingAnswer];
      if (answer.kind === 'refused') throw new UnreadableImport(answer.message, answer);
      return answer;
    } catch (error) {
      this.signal?.throwIfAborted();
      if (deadline.aborted) throw new UnreadableImport('The file takes too long to read. Split it.');
      throw isOutOfMemory(error) ? new UnreadableImport('The file takes too much memory to read. Split it.') : error;
    }
  }
}

function isOutOfMemory(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
