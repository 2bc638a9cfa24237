import type { TestRedis } from '../../../support/redis-server';
import { interleaved, timeOf } from '../rounds';
import { withLibraries, type BenchOptions, type Opened, type Row } from './case';

const SIZES = [1e2, 1e3, 1e4, 1e5, 1e6];
const QUICK_SIZES = [1e2, 1e3];
/** Filling the others as far takes many minutes; whether ours stays flat is the question. */
const OURS_ALONE_FROM = 1e6;
const FILLING_AT_ONCE = 256;
/** Entries that are looked for when a store is filled. */
const SAMPLED = 1_000;
/** One after the other, for one sample. */
const EVICTIONS = 5;

/** Evicts by tag, with so many small entries in the store, each under one of as many tags as will be evicted. */
export async function evictions(
  redis: TestRedis,
  { rounds, quick }: BenchOptions,
  say: (text: string) => void,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const kind of ['memory', 'redis'] as const) {
    for (const size of quick ? QUICK_SIZES : SIZES) {
      const measured = await withLibraries(kind, redis, async (opened) => {
        const able = opened.filter(
          ({ cache, name }) => cache.evictTag && (size < OURS_ALONE_FROM || name === 'openrisk'),
        );
        // One for the round that is not measured.
        const tags = EVICTIONS * (rounds + 1);
        const remarks: Record<string, string> = {};
        for (const { name, cache } of opened) if (!cache.evictTag) remarks[name] = 'no tags';
        const filled: Opened[] = [];
        for (const each of able) {
          say(`  filling ${each.name} with ${size} entries, ${kind}`);
          const missing = await fill(each, size, tags);
          if (missing === 0) filled.push(each);
          else remarks[each.name] = `left out: ${missing} of ${SAMPLED} entries looked at were gone`;
        }
        const subjects = filled.map(({ name, cache }) => {
          let next = 0;
          const evict = async (): Promise<void> => {
            for (let count = 0; count < EVICTIONS; count++) await cache.evictTag?.(`t${next++}`);
          };
          return { name, sample: async () => (await timeOf(evict)) / EVICTIONS };
        });
        const store = kind === 'memory' ? 'memory' : 'Redis';
        const what = `time to evict a tag, ${size.toLocaleString('en')} entries, ${store}`;
        return [{ what, series: await interleaved(subjects, rounds), remarks }];
      });
      rows.push(...measured);
    }
  }
  return rows;
}

/** @returns how many of those looked at are not there in the end: Redis may have been lost meanwhile */
async function fill({ cache }: Opened, size: number, tags: number): Promise<number> {
  const readAll = async (step: number): Promise<number> => {
    let [next, loads] = [0, 0];
    const load = (entry: number): Promise<object> => {
      loads++;
      return Promise.resolve({ entry });
    };
    const worker = async (): Promise<void> => {
      while (next < size) {
        const entry = next;
        next += step;
        await cache.read(`e${entry}`, () => load(entry), `t${entry % tags}`);
      }
    };
    await Promise.all(Array.from({ length: FILLING_AT_ONCE }, worker));
    return loads;
  };
  await readAll(1);
  return readAll(Math.ceil(size / SAMPLED));
}
