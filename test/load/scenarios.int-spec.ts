import { cleanUp } from '../setup/cleanup';
import { runProduct } from '../support/product-process';
import { sharedRedisUrl } from '../support/redis-server';
import { installedK6 } from './k6-program';
import { runK6 } from './run-k6';
import { scenarios } from './scenarios';
import { startServers, type LoadServers } from './servers';
import { summarize } from './summary';

/** A few seconds of each; what they measure then says nothing. */
const SCALE = 0.004;
const RUN_MS = 120_000;
jest.setTimeout(RUN_MS);

const k6 = installedK6();
if (k6 === undefined) {
  process.stdout.write('skipped, there is no k6 on the PATH and none was built by `npm run load`: the load tests\n');
}

(k6 === undefined ? describe.skip : describe)('Load tests', () => {
  let servers: LoadServers;

  beforeAll(async () => {
    const launch = (env: Readonly<Record<string, string>>) => runProduct('start', [], env);
    servers = await startServers({ names: ['cached', 'uncached'], risks: 0, redisUrl: sharedRedisUrl ?? '', launch });
  }, RUN_MS);
  afterAll(() => cleanUp());

  it.each(Object.keys(scenarios))('%s asks and measures what it should', async (scenario) => {
    const load = { scenario, ...servers, tenant: 'demo', scale: SCALE, mostUsers: 4, writesPercent: 5, soakMinutes: 2 };
    const { figures } = summarize(await runK6(k6 ?? '', load));
    expect(figures.length).toBeGreaterThan(0);
    for (const { server, averageMs, failed, hitRate, connectionsInUse, residentMegabytes } of figures) {
      expect(averageMs).toBeGreaterThan(0);
      expect(residentMegabytes).toBeGreaterThan(50);
      expect(connectionsInUse).toBeGreaterThanOrEqual(0);
      // A machine that does other things as well may keep some waiting too long for a connection.
      expect(failed).toBeLessThan(0.5);
      if (server === 'uncached') expect(hitRate).toBe(0);
    }
  });
});
