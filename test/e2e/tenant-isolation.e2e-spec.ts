import { register } from 'prom-client';
import { IsolationViolations } from '../../src/metrics/isolation-violations';
import { breakApplicationFilter, type BrokenFilter } from '../support/application-filter';
import type { ApiClient } from '../support/api-client';
import {
  canaryOf,
  columnsWithoutCanary,
  idsOfAccess,
  plantCanaries,
  plantTwins,
  rowsOf,
  setRowLevelSecurity,
} from '../support/canaries';
import { operationsOf, sendExample, type Operation } from '../support/operations';
import { sharedRedisUrl } from '../support/redis-server';
import { createTestApp, type TestApp, type TestTenant } from '../support/test-app';
import { until } from '../support/until';

/** Queries that make a route tell as much as it can; others are called with the example of the document. */
const telling: Readonly<Record<string, readonly string[]>> = {
  listRisks: [
    '',
    'total=true&q=shared',
    'sort=title&limit=2',
    'tag=shared',
    'overdue=true',
    'page=2&limit=3&total=true',
  ],
  searchRisks: ['q=shared', 'q=canary', 'q=shard'],
  getRiskMatrix: ['', 'period=week'],
  getStats: ['', 'period=week', 'period=all'],
  getTrends: ['', 'days=7'],
  listRiskHistory: ['', 'limit=1'],
  listApps: ['', 'status=UNINSTALLED,DISABLED&total=true'],
  listConnectorReviews: ['', 'limit=2&total=true'],
  listSyncRuns: ['', 'limit=1&total=true'],
  // Of what the probe itself does not add to.
  listAuditLogs: ['action=canary*&total=true', 'action=risk.create&limit=3', 'outcome=DENIED'],
  exportRisks: ['format=json', 'format=csv&sort=title'],
  exportAuditLogs: ['format=json&action=canary*', 'format=csv&action=risk.create'],
};
const manyExports = { AUDIT_EXPORT_CONCURRENCY: '50', RISK_EXPORT_CONCURRENCY: '50' };

/** `users` of `/api/v1/rbac/users/{id}`. */
const roomOf = ({ path }: Operation): string => /\/(?:rbac|marketplace)\/(\w+)\//.exec(path)?.[1] ?? '';

const layers = [
  { name: 'both layers', rls: true, filter: true },
  { name: 'row level security switched off', rls: false, filter: true },
  { name: "the application's filter switched off", rls: true, filter: false },
] as const;
const bothOff = { name: 'both switched off', rls: false, filter: false } as const;
type Layers = (typeof layers)[number] | typeof bothOff;

const stores: [name: string, env: Record<string, string>][] = [['memory', { CACHE_STORE: 'memory' }]];
if (sharedRedisUrl === undefined) process.stdout.write('skipped, there is no Redis: tenant isolation over Redis\n');
else stores.push(['redis', { REDIS_URL: sharedRedisUrl, CACHE_DEADLINE_MS: '5000' }]);

/** Two tenants share one process, one cache and one database, and have rows of the same ids. */
describe('tenant isolation', () => {
  let base: TestApp;
  let operations: Operation[];
  let twins: string[];
  let onlyGlobex: string[];
  /** What acme was told before there was anybody else. */
  let alone: Map<string, string>;

  beforeAll(async () => {
    base = await createTestApp({ env: { CACHE_STORE: 'none', ...manyExports } });
    operations = await operationsOf(base);
    twins = await plantCanaries(base, base.acme, 6);
    alone = new Map((await readAll(base, base.acme)).map(({ name, text }) => [name, text]));
    await plantTwins(base, base.acme, base.globex);
    onlyGlobex = await plantCanaries(base, base.globex, 5);
  });
  afterAll(() => base.close());

  interface Reading {
    readonly name: string;
    readonly text: string;
    readonly headers: string;
    readonly status: number;
    readonly cache: string | null;
  }

  async function readAll(app: TestApp, tenant: TestTenant): Promise<Reading[]> {
    const reads = operations.filter(({ method, isSecured }) => method === 'GET' && isSecured);
    const places = await idsOfAccess(base, tenant);
    const requests = reads.flatMap((operation) => {
      const example = new URLSearchParams(operation.query).toString();
      const queries = telling[operation.described.operationId ?? ''] ?? [example];
      const ids = operation.path.includes('{') ? (places.get(roomOf(operation)) ?? twins.slice(0, 2)) : [''];
      return ids.flatMap((id) => queries.map((query) => ({ operation, id, query })));
    });
    const client = app.as('admin', tenant);
    return Promise.all(
      requests.map(async ({ operation, id, query }) => {
        const { status, text, headers } = await sendExample(client, operation, { id, ...(query && { query }) });
        const name = `${operation.name} ${id} ?${query}`;
        return { name, status, text, headers: JSON.stringify([...headers]), cache: headers.get('x-cache') };
      }),
    );
  }

  /** Runs with some layers switched off, in an application of its own, and puts them back. */
  async function within<T>(
    { rls, filter }: Layers,
    env: Record<string, string>,
    work: (app: TestApp, broken: BrokenFilter | undefined) => Promise<T>,
  ): Promise<T> {
    const app = await createTestApp({ sharing: base, env: { ...manyExports, ...env } });
    if (!rls) await setRowLevelSecurity(base, false);
    const broken = filter ? undefined : breakApplicationFilter();
    try {
      return await work(app, broken);
    } finally {
      broken?.restore();
      await setRowLevelSecurity(base, true);
      await app.close();
    }
  }

  /** Both layers and the last look behind them switched off. */
  async function withinNothing(work: (app: TestApp) => Promise<unknown>): Promise<void> {
    const blind = jest.spyOn(IsolationViolations.prototype, 'inspect').mockReturnValue(undefined);
    await within(bothOff, { CACHE_STORE: 'none' }, work).finally(() => blind.mockRestore());
  }

  /** What is told of the instance that answers, or of a connector of the catalogue, counts what all tenants do. */
  const countsAll = (name: string): boolean =>
    /^GET \/api\/v1\/(admin\/|marketplace\/connectors(\/search|\/\{id\})? )/.test(name);

  /** Where a canary of the other tenant sings: in bodies, headers, log lines or metrics. */
  async function leaksIn(app: TestApp, tenant: TestTenant, other: TestTenant, readings: Reading[]): Promise<string[]> {
    const foreign = [canaryOf(other), other.id, ...Object.values(other.userIds)];
    const sings = (text: string): boolean => foreign.some((secret) => text.includes(secret));
    const answers = readings.filter(({ text, headers }) => sings(text + headers)).map(({ name }) => name);
    const lines = app
      .logs()
      .split('\n')
      .filter((line) => sings(line) && !line.includes(`"tenantId":"${other.id}"`));
    const metrics = (await register.metrics()).split('\n').filter(sings);
    return [...answers, ...lines, ...metrics].map((leak) => `${tenant.slug}: ${leak}`);
  }

  async function probe(app: TestApp): Promise<{ leaks: string[]; readings: Map<string, Reading[]> }> {
    const { acme, globex } = base;
    const rounds: [Reading[], Reading[]][] = [];
    for (let round = 0; round < 2; round++) rounds.push(await Promise.all([readAll(app, acme), readAll(app, globex)]));
    const ofAcme = rounds.flatMap(([readings]) => readings);
    const ofGlobex = rounds.flatMap(([, readings]) => readings);
    const leaks = [...(await leaksIn(app, acme, globex, ofAcme)), ...(await leaksIn(app, globex, acme, ofGlobex))];
    return {
      leaks,
      readings: new Map([
        ['acme', ofAcme],
        ['globex', ofGlobex],
      ]),
    };
  }

  it('plants a canary in every column that holds text of the tenant', async () => {
    const words = [
      ...[
        'apps.last_sync_status',
        'apps.status',
        'assets.criticality',
        'audit_log.outcome',
        'background_jobs.status',
        'connector_logs.outcome',
        'custom_fields.key',
        'custom_fields.type',
        'job_files.kind',
        'memberships.status',
        'mitigations.status',
        'outbox_deliveries.status',
        'risk_acceptances.status',
        'risk_groups.grouping',
        'risk_history.action',
        'risk_history.changed_fields',
      ],
      ...[
        'risk_history.severity',
        'risk_history.source',
        'risk_history.status',
        'risk_reviews.outcome',
        'risk_sources.kind',
        'risk_tallies.severity',
        'risk_tallies.status',
        'risks.residual_severity',
        'risks.severity',
        'risks.source',
      ],
      ...['risks.status', 'risks.target_severity', 'risks.treatment', 'roles.key'],
      ...['sync_runs.started_by', 'sync_runs.status', 'tenants.slug', 'tenants.status'],
    ];
    expect((await columnsWithoutCanary(base, base.acme)).sort()).toEqual(words);
    expect((await columnsWithoutCanary(base, base.globex)).sort()).toEqual(words);
    expect(onlyGlobex).toHaveLength(5);
  });

  describe.each(stores)('with a cache in %s', (_store, env) => {
    it.each(layers)('tells nobody anything of the other tenant, with $name', async (mode) => {
      const before = await violations();
      await within(mode, env, async (app, broken) => {
        await until(async () => (await app.anonymous().get('/health/ready')).body.cache.status === 'ok');
        const { leaks, readings } = await probe(app);
        expect(leaks).toEqual([]);
        for (const [slug, answers] of readings) {
          expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
          // Without these the probe would find nothing wherever it looked.
          expect(answers.filter(({ text }) => text.includes(`canary${slug}q7`)).length).toBeGreaterThan(20);
          expect(answers.some(({ cache }) => cache === 'HIT')).toBe(true);
          expect(answers.some(({ cache }) => cache === 'MISS')).toBe(true);
        }
        // Counts and averages carry no canary: they must be what they were when acme was alone.
        for (const { name, text } of (readings.get('acme') ?? []).filter(({ name }) => !countsAll(name)))
          expect({ name, text }).toEqual({ name, text: alone.get(name) });
        if (broken) expect(broken.changed).toBeGreaterThan(20);
      });
      expect(await violations()).toBe(before);
    });
  });

  const violations = async (): Promise<number> => {
    const metric = register.getSingleMetric('openrisk_tenant_isolation_violations_total');
    return ((await metric?.get())?.values ?? []).reduce((sum, { value }) => sum + value, 0);
  };

  it('can fail: with all layers off, the same probe finds leaks in what is told and in what is counted', async () => {
    await withinNothing(async (app) => {
      const { leaks, readings } = await probe(app);
      for (const route of ['/api/v1/risks ', '/risks/{id} ', '/history ', '/search ']) {
        expect(leaks).toContainEqual(expect.stringContaining(route));
      }
      const stats = readings.get('acme')?.filter(({ name }) => name.includes('/stats')) ?? [];
      expect(stats.filter(({ name, text }) => alone.get(name) !== text).length).toBeGreaterThan(2);
    });
  });

  it('has a last look at rows: with both layers off, a risk of the other tenant is a 500 that is counted', async () => {
    const before = await violations();
    await within(bothOff, { CACHE_STORE: 'none' }, async (app) => {
      const { leaks } = await probe(app);
      for (const route of ['/api/v1/risks ', '/risks/{id} ', '/history ', '/search ']) {
        expect(leaks).not.toContainEqual(expect.stringContaining(route));
      }
    });
    expect(await violations()).toBeGreaterThan(before + 20);
  });

  /** @returns what came of changes that aim at what the other tenant has, under its ids and under ids of both */
  async function aimAtGlobex(app: TestApp, twin: string): Promise<number[]> {
    const admin: ApiClient = app.as('admin');
    const { userIds } = base.globex;
    const [target = ''] = onlyGlobex;
    const { assets = [], risks = [] } = await rowsOf(base, base.globex);
    const create = (given: object): Promise<{ status: number }> =>
      admin.post('/api/v1/risks', { title: 't', probability: 1, impact: 1, ...given });
    const statuses: number[] = [];
    const changes = operations.filter(({ method, path }) => method !== 'GET' && path.includes('{'));
    for (const id of [target, twin]) {
      for (const operation of changes) statuses.push((await sendExample(admin, operation, { id })).status);
      const operationsOfBulk = [
        { op: 'update', id, change: { title: 'taken over' } },
        { op: 'transition', id, status: 'CLOSED' },
        { op: 'delete', id },
      ];
      await admin.post('/api/v1/risks/bulk', { atomic: false, operations: operationsOfBulk });
    }
    for (const given of [{ ownerId: userIds.admin }, { assigneeId: userIds.viewer }]) await create(given);
    await create({ assetIds: assets.map((asset) => asset['id']) });
    const imported = risks.map((risk) => `taken over,1,1,${String(risk['external_id'])}\n`);
    const rows = `title,probability,impact,externalId\n${imported.join('')}`;
    await admin.send('POST', '/api/v1/risks/import', rows, { 'content-type': 'text/csv' });
    return statuses;
  }

  it.each(layers.map((mode, index) => [mode.name, mode, index] as const))(
    'changes nothing of the other tenant, with %s',
    async (_name, mode, index) => {
      const before = await rowsOf(base, base.globex);
      await within(mode, { CACHE_STORE: 'memory' }, async (app) => {
        const statuses = await aimAtGlobex(app, twins[index + 2] ?? '');
        const half = statuses.length / 2;
        expect(new Set(statuses.slice(0, half))).toEqual(new Set([404]));
        expect(statuses.slice(half)).toContain(200);
      });
      expect(await rowsOf(base, base.globex)).toEqual(before);
    },
  );

  it('can fail: with all layers off, the same changes reach the other tenant', async () => {
    const before = await rowsOf(base, base.globex);
    await withinNothing((app) => aimAtGlobex(app, twins[5] ?? ''));
    expect(await rowsOf(base, base.globex)).not.toEqual(before);
  });
});
