import { setTimeout as pause } from 'node:timers/promises';
import type { TestRedis } from '../../../support/redis-server';
import { interleaved, timeOf } from '../rounds';
import { eightKilobytes, withLibraries, type BenchOptions, type Row } from './case';

const READERS = 500;
const LOAD_MS = 20;

/** 500 readers of a key that nobody has asked for before, whose load takes 20 ms. */
export async function coldKey(redis: TestRedis, { rounds }: BenchOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const kind of ['memory', 'redis'] as const) {
    const measured = await withLibraries(kind, redis, async (opened) => {
      let next = 0;
      const mostLoads = new Map<string, number>();
      const subjects = opened.map(({ name, cache }) => ({
        name,
        sample: () => {
          const key = `c${next++}`;
          let loads = 0;
          const load = async (): Promise<object> => {
            mostLoads.set(name, Math.max(++loads, mostLoads.get(name) ?? 0));
            await pause(LOAD_MS);
            return eightKilobytes();
          };
          return timeOf(() => Promise.all(Array.from({ length: READERS }, () => cache.read(key, load))));
        },
      }));
      const series = await interleaved(subjects, rounds);
      const remarks = Object.fromEntries(
        [...mostLoads].map(([name, loads]) => [name, loads === 1 ? '1 load' : `${loads} loads`]),
      );
      return [
        {
          what: `time of ${READERS} at once on a cold key, ${kind === 'memory' ? 'memory' : 'Redis'}`,
          series,
          remarks,
        },
      ];
    });
    rows.push(...measured);
  }
  return rows;
}
