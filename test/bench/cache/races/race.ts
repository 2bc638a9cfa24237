import { setTimeout as pause } from 'node:timers/promises';
import type { TcpProxy } from '../../../support/tcp-proxy';
import type { TestRedis } from '../../../support/redis-server';
import type { StoreKind } from '../libraries/library';
import type { LibraryProcess } from './library-process';

/** Where a race is run. */
export interface Stage {
  readonly redis: TestRedis;
  /** Between the reader and Redis; the writer has a line of its own. */
  readonly network: TcpProxy;
  readonly reader: LibraryProcess;
  /** The reader itself, in a race of one process. */
  readonly writer: LibraryProcess;
}

export interface Race {
  readonly name: string;
  /** What happens, in order. */
  readonly story: string;
  /** What the libraries work over. */
  readonly kind: StoreKind;
  readonly processes: 1 | 2;
  run(stage: Stage, row: Row): Promise<Outcome>;
}

/** What was read after a write had been acknowledged. */
export interface Outcome {
  readonly reads: number;
  readonly stale: number;
  /** Since the acknowledgement, when it was seen last; 0 when it never was. */
  readonly staleForMs: number;
  /** The last read was stale, and the watch of it over. */
  readonly toTheEnd: boolean;
  readonly remark?: string;
}

/** Something in a database, and a way to hold up whoever has just read it. */
export class Row {
  private value = 'old';
  private acknowledgedAt = Infinity;

  constructor(readonly key: string) {}

  readonly load = (): Promise<unknown> => Promise.resolve({ value: this.value });

  /** Has a reader that holds nothing yet load it, and stops it behind its query. */
  async slowRead(reader: LibraryProcess): Promise<{ finish: () => Promise<unknown> }> {
    let go: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    let begun: () => void = () => undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const answer = reader.read(this.key, async () => {
      const seen = await this.load();
      begun();
      await held;
      return seen;
    });
    await hasBegun;
    return {
      finish: () => {
        go();
        return answer;
      },
    };
  }

  /** Commits a new value and waits until the library has acknowledged the eviction. */
  async write(writer: LibraryProcess): Promise<void> {
    this.value = 'new';
    await writer.evict(this.key);
    this.acknowledgedAt = performance.now();
  }

  /** Reads over and over. Whatever is not the new value is stale: its write was acknowledged before. */
  async watch(reader: LibraryProcess, forMs: number): Promise<Outcome> {
    let [reads, stale, staleForMs, toTheEnd] = [0, 0, 0, false];
    const until = performance.now() + forMs;
    while (performance.now() < until) {
      const sentAfterMs = performance.now() - this.acknowledgedAt;
      toTheEnd = isOld(await reader.read(this.key, this.load));
      reads++;
      if (toTheEnd) {
        stale++;
        staleForMs = sentAfterMs;
      }
      await pause(20);
    }
    return { reads, stale, staleForMs, toTheEnd };
  }
}

export function isOld(answer: unknown): boolean {
  return (answer as { value: string }).value === 'old';
}
