import { register } from 'prom-client';
import { IsolationViolations } from '../../src/metrics/isolation-violations';
import { Random } from '../history/random';
import { breakApplicationFilter } from '../support/application-filter';
import { canaryOf, plantCanaries, plantTwins, rowsOf, setRowLevelSecurity } from '../support/canaries';
import { withClient } from '../support/open-database';
import { operationsOf, type Operation } from '../support/operations';
import { createTestApp, type TestApp, type TestTenant } from '../support/test-app';
import { until } from '../support/until';
import { learnIds, type Known, type Room } from './ids';
import { Judge } from './judge';
import { peopleOf, type Person } from './people';
import type { Phase } from './phases';
import { sendProbes } from './probing';
import { Requests } from './requests';
import { Tally } from './tally';
import { Watch } from './watch';

const ENV = {
  AUDIT_EXPORT_CONCURRENCY: '50',
  RISK_EXPORT_CONCURRENCY: '50',
  AUTH_ACCESS_TOKEN_TTL_SECONDS: '86400',
  LOG_REQUESTS: 'all',
};
const CHANGES = 0.06;

/** Two tenants in one database, some of whose rows have the same ids, and everybody who asks. */
export class Isolation {
  private constructor(
    private readonly base: TestApp,
    private readonly operations: readonly Operation[],
    private readonly people: readonly Person[],
    private readonly ids: ReadonlyMap<TestTenant, ReadonlyMap<Room, Known>>,
    private readonly watch: Watch,
    private readonly random: Random,
  ) {}

  static async open(seed: number): Promise<Isolation> {
    const base = await createTestApp({ env: { ...ENV, CACHE_STORE: 'none' } });
    const { acme, globex } = base;
    await plantCanaries(base, acme, 12);
    await plantTwins(base, acme, globex);
    for (const tenant of [globex, acme]) await plantCanaries(base, tenant, 12);
    const [ours, theirs] = [await peopleOf(base, acme), await peopleOf(base, globex)];
    const watch = new Watch([acme, globex]);
    const ids = await withClient(base.database.adminUrl, (sql) => learnIds(sql, [acme, globex], watch));
    // Both tenants in turns.
    const people = ours.flatMap((person, index) => [person, ...theirs.slice(index, index + 1)]);
    return new Isolation(base, await operationsOf(base), people, ids, watch, new Random(seed));
  }

  /** Reads that no probe has had an answer from. */
  unanswered(tallies: readonly Tally[]): string[] {
    const reads = this.operations.filter(({ method }) => method === 'GET').map(({ name }) => name);
    return reads.filter((name) => !tallies.some(({ answered }) => answered.has(name)));
  }

  /** Probes applications that are run so. @param changes whether things are changed meanwhile */
  async run(phase: Phase, probes: number, changes = true): Promise<Tally> {
    const tally = new Tally();
    const apps = await this.start(phase);
    const before = await violations();
    const { statements, restore } = await this.switchOff(phase);
    try {
      const share = { changes: changes ? CHANGES : 0, ids: this.ids };
      const requests = new Requests(this.operations, this.random, this.watch, share);
      const asking = { urls: apps.map(({ url }) => url), people: this.people };
      await sendProbes(probes, asking, requests, new Judge(this.watch, tally), this.watch);
      tally.statements = statements();
    } finally {
      await restore();
    }
    await this.lookBehind(apps, tally);
    if ((await violations()) !== before)
      tally.leaks.push('a row or an entry of another tenant came up, and was refused');
    for (const app of apps) await app.close();
    return tally;
  }

  async close(): Promise<void> {
    for (const { client } of this.people) client.close();
    await this.base.close();
  }

  private async start({ store, instances }: Phase): Promise<TestApp[]> {
    const redis = { REDIS_URL: process.env['OPENRISK_TEST_REDIS_URL'] ?? '', CACHE_DEADLINE_MS: '1000' };
    const prefix = `isolation-${Math.floor(this.random.next() * 1e9).toString(36)}`;
    const env = store === 'redis' ? { ...ENV, ...redis, CACHE_KEY_PREFIX: prefix } : { ...ENV, CACHE_STORE: 'memory' };
    const apps: TestApp[] = [];
    for (let count = 0; count < instances; count++) apps.push(await createTestApp({ env, sharing: this.base }));
    const isReady = async (app: TestApp): Promise<boolean> =>
      (await app.anonymous().get('/health/ready')).body.cache.status === 'ok';
    for (const app of apps) await until(() => isReady(app));
    return apps;
  }

  private async switchOff({ rls, filter }: Phase): Promise<{ statements: () => number; restore: () => Promise<void> }> {
    if (!rls) await setRowLevelSecurity(this.base, false);
    const broken = filter ? undefined : breakApplicationFilter();
    const lastLook = Object.getOwnPropertyDescriptor(IsolationViolations.prototype, 'inspect') ?? {};
    if (!rls && !filter) IsolationViolations.prototype.inspect = () => undefined;
    const restore = async (): Promise<void> => {
      Object.defineProperty(IsolationViolations.prototype, 'inspect', lastLook);
      broken?.restore();
      await setRowLevelSecurity(this.base, true);
    };
    return { statements: () => broken?.changed ?? 0, restore };
  }

  /** What nobody was answered with: the logs, the metrics, and the rows that changes have left. */
  private async lookBehind(apps: readonly TestApp[], tally: Tally): Promise<void> {
    const { watch, base } = this;
    for (const app of apps) {
      const lines = app.logs().split('\n');
      tally.logLines += lines.length;
      tally.leaks.push(...lines.flatMap((line) => watch.leakInLogLine(line) ?? []).map((line) => `log: ${line}`));
    }
    const metrics = (await register.metrics()).split('\n');
    tally.leaks.push(...metrics.flatMap((line) => watch.leakInMetric(line) ?? []).map((line) => `metric: ${line}`));
    for (const tenant of [base.acme, base.globex]) {
      const canary = canaryOf(watch.other(tenant));
      for (const [table, rows] of Object.entries(await rowsOf(base, tenant))) {
        const count = rows.filter((row) => JSON.stringify(row).includes(canary)).length;
        if (count > 0) tally.leaks.push(`${count} rows of ${tenant.slug} in ${table} hold what the other has written`);
      }
    }
  }
}

async function violations(): Promise<number> {
  const metric = register.getSingleMetric('openrisk_tenant_isolation_violations_total');
  return ((await metric?.get())?.values ?? []).reduce((sum, { value }) => sum + value, 0);
}
