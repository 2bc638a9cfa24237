import { setTimeout as pause } from 'node:timers/promises';
import type { RiskResponse } from '../../src/risk/risk.dto';
import { addRisk, ifVersion, riskRequest } from '../factories/risk';
import type { ApiAnswer } from '../support/api-client';
import { sharedRedisUrl } from '../support/redis-server';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const risks = '/api/v1/risks';
const settings = sharedRedisUrl === undefined ? undefined : { REDIS_URL: sharedRedisUrl, CACHE_KEY_PREFIX: 'put-e2e' };
if (!settings) process.stdout.write('skipped, there is no Redis: two applications and what their writes put\n');

describe('the read after a write', () => {
  let one: TestApp;
  let two: TestApp;
  let uncached: TestApp;

  beforeAll(async () => {
    one = await createTestApp({ ...(settings && { env: { ...settings, CACHE_DEADLINE_MS: '5000' } }) });
    two = settings ? await createTestApp({ env: { ...settings, CACHE_DEADLINE_MS: '5000' }, sharing: one }) : one;
    uncached = await createTestApp({ sharing: one, env: { CACHE_ENABLED: 'false' } });
    const isUp = async (app: TestApp): Promise<boolean> =>
      (await app.anonymous().get('/health/ready')).body.cache.status === 'ok';
    await until(async () => (await isUp(one)) && (await isUp(two)));
  });
  afterAll(async () => {
    await uncached.close();
    if (two !== one) await two.close();
    await one.close();
  });

  const at = (id: string): string => `${risks}/${id}`;
  const read = (app: TestApp, id: string): Promise<ApiAnswer> => app.as('viewer').get(at(id));
  const admin = () => one.as('admin');

  it.each<[string, (risk: RiskResponse) => Promise<ApiAnswer>]>([
    [
      'an addition',
      () => admin().post(risks, riskRequest({ description: 'né à 12°C', customFields: { size: 1.5, exposed: true } })),
    ],
    ['a change', ({ id }) => admin().patch(at(id), { impact: 5 }, ifVersion(1))],
    ['a change that changes nothing', ({ id, title }) => admin().patch(at(id), { title }, ifVersion(1))],
    ['a transition', ({ id }) => admin().post(`${at(id)}/transition`, { status: 'IDENTIFIED' }, ifVersion(1))],
    [
      'a restoration',
      async ({ id }) => {
        await admin().delete(at(id), ifVersion(1));
        return admin().post(`${at(id)}/restore`);
      },
    ],
  ])('is a hit after %s, with the bytes and the ETag of the write and of the database', async (_what, write) => {
    const written = await write(await addRisk(admin()));
    expect(written.status).toBeLessThan(300);
    const { id } = written.body as RiskResponse;
    const [here, truth] = [await read(one, id), await read(uncached, id)];
    expect(here.headers.get('x-cache')).toBe('HIT');
    for (const answer of [here, truth]) {
      expect(answer.text).toBe(written.text);
      expect(answer.headers.get('etag')).toBe(written.headers.get('etag'));
    }
    const there = await read(two, id);
    expect([there.text, there.headers.get('x-cache')]).toEqual([written.text, 'HIT']);
  });

  it('sees nothing older than the last write, with writers and readers of both instances at work', async () => {
    const watched = await Promise.all(Array.from({ length: 3 }, () => addRisk(admin())));
    const acknowledged = new Map(watched.map(({ id }) => [id, 1]));
    const stale: string[] = [];
    let [hits, running] = [0, true];

    const writer = async (app: TestApp, turn: number): Promise<void> => {
      for (let round = 0; round < 25; round++) {
        const id = watched[(round + turn) % watched.length]?.id ?? '';
        const answer = await app.as('analyst').patch(at(id), { title: `${turn} ${round}` }, { 'if-match': '*' });
        const { version } = answer.body as RiskResponse;
        acknowledged.set(id, Math.max(version, acknowledged.get(id) ?? 0));
        await pause(round % 4);
      }
    };
    const reader = async (app: TestApp): Promise<void> => {
      while (running) {
        for (const { id } of watched) {
          const least = acknowledged.get(id) ?? 0;
          const answer = await read(app, id);
          const { version } = answer.body as RiskResponse;
          if (version < least) stale.push(`version ${version} of ${id} after ${least}`);
          if (answer.headers.get('x-cache') === 'HIT') hits++;
        }
      }
    };
    const readers = [one, two].flatMap((app) => [reader(app), reader(app)]);
    await Promise.all([one, two, one, two].map(writer));
    running = false;
    await Promise.all(readers);

    expect(stale).toEqual([]);
    expect(hits).toBeGreaterThan(20);
    for (const { id } of watched) {
      const truth = (await read(uncached, id)).text;
      expect([(await read(one, id)).text, (await read(two, id)).text]).toEqual([truth, truth]);
    }
  });
});
