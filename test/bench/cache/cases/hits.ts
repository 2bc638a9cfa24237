import type { TestRedis } from '../../../support/redis-server';
import type { StoreKind } from '../libraries/library';
import { interleaved, cpuOfEach } from '../rounds';
import { eightKilobytes, withLibraries, type BenchOptions, type Row } from './case';

const KEYS = 100;
const CONCURRENT = 64;

const KINDS: Readonly<Record<StoreKind, string>> = {
  memory: 'CPU of a hit, memory',
  tiered: 'CPU of a hit, memory in front of Redis (ours: lease)',
  redis: 'CPU of a hit, Redis asked each time (ours: validated)',
};

/** Hits of 100 keys, without tags and with one each. */
export async function hits(redis: TestRedis, { rounds, quick }: BenchOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const kind of ['memory', 'tiered', 'redis'] as const) {
    for (const tagged of [false, true]) {
      const measured = await withLibraries(kind, redis, async (opened) => {
        const able = opened.filter(({ cache }) => !tagged || cache.evictTag);
        const tag = tagged ? 'tag' : undefined;
        for (const { cache } of able) {
          for (let key = 0; key < KEYS; key++)
            await cache.read(`k${key}`, () => Promise.resolve(eightKilobytes()), tag);
        }
        const subjects = able.map(({ name, cache }) => ({
          name,
          sample: () =>
            cpuOfEach((count) => cache.read(`k${count % KEYS}`, () => notAHit(name), tag), {
              concurrent: CONCURRENT,
              forMs: quick ? 20 : 400,
            }),
        }));
        const remarks = Object.fromEntries(
          opened.flatMap(({ name, cache }) => (tagged && !cache.evictTag ? [[name, 'no tags']] : [])),
        );
        const what = `${KINDS[kind]}, ${tagged ? 'one tag' : 'no tag'}`;
        return [{ what, series: await interleaved(subjects, rounds), remarks }];
      });
      rows.push(...measured);
    }
  }
  return rows;
}

function notAHit(name: string): never {
  throw new Error(`${name} should have had a hit`);
}
