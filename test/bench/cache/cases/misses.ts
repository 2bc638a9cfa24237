import type { TestRedis } from '../../../support/redis-server';
import { interleaved, cpuOfEach } from '../rounds';
import { eightKilobytes, withLibraries, type BenchOptions, type Row } from './case';

const CONCURRENT = 16;

/** Misses: nothing is there, 8 KB are loaded at once and stored. */
export async function misses(redis: TestRedis, { rounds, quick }: BenchOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const kind of ['memory', 'redis'] as const) {
    const measured = await withLibraries(kind, redis, async (opened) => {
      let next = 0;
      const subjects = opened.map(({ name, cache }) => ({
        name,
        sample: () =>
          cpuOfEach(() => cache.read(`m${next++}`, () => Promise.resolve(eightKilobytes())), {
            concurrent: CONCURRENT,
            forMs: quick ? 20 : 250,
          }),
      }));
      const series = await interleaved(subjects, rounds);
      return [{ what: `CPU of a miss, ${kind === 'memory' ? 'memory' : 'Redis'}`, series, remarks: {} }];
    });
    rows.push(...measured);
  }
  return rows;
}
