import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { runInContext } from '../../src/context/request-context';
import { JobRegistry } from '../../src/jobs/job-registry';
import { connectorIdOf } from '../../src/marketplace/connector-id';
import { Acceptances, anyVersion, inDays } from '../factories/acceptance';
import { addRisk } from '../factories/risk';
import { startSync } from '../factories/sync';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { sessionClient } from '../support/open-session';
import { testPassword, type TestApp } from '../support/test-app';

export interface World {
  readonly app: TestApp;
  readonly sql: Pool;
  /** Of apps. */
  readonly sourceUrl: string;
}

/** Prepares. @returns what is looked at */
type Scenario = (world: World) => Promise<() => Promise<ApiAnswer>>;

const MORE_SESSIONS_THAN_KEPT = 101;

/**
 * By operation, beside the request of the access matrix: what that does not succeed with, and what makes an operation
 * evict more than it does otherwise.
 */
export const scenarios: Readonly<Record<string, readonly Scenario[]>> = {
  login: [
    async ({ app, sql }) => {
      const userId = app.acme.userIds.viewer;
      await sql.query(
        `INSERT INTO sessions (tenant_id, id, user_id, address, user_agent, expires_at)
         SELECT $1, gen_random_uuid(), $2, '192.0.2.1', 'tests', now() + interval '1 day' FROM generate_series(1, $3)`,
        [app.acme.id, userId, MORE_SESSIONS_THAN_KEPT],
      );
      const login = { email: 'viewer@acme.test', password: testPassword };
      return () => app.anonymous().post('/api/v1/auth/login', login);
    },
  ],
  refreshSession: [
    async ({ app }) => {
      const login = { email: 'analyst@acme.test', password: testPassword };
      const { body } = await app.anonymous().post('/api/v1/auth/login', login);
      return () => app.anonymous().post('/api/v1/auth/refresh', { refreshToken: body.refreshToken as string });
    },
  ],
  changePassword: [
    ({ app }) => {
      const change = { currentPassword: testPassword, newPassword: 'kestrel orbit 4711 lime' };
      return Promise.resolve(() => app.as('manager', app.globex).post('/api/v1/auth/password', change));
    },
  ],
  registerAccount: [
    ({ app }) => {
      const tenant = { tenantName: 'New', tenantSlug: 'new-register' };
      const person = { email: 'owner@register.test', name: 'Nora Newcomer', password: 'kestrel orbit 4711 lime' };
      return Promise.resolve(() => app.anonymous().post('/api/v1/auth/register', { ...person, ...tenant }));
    },
  ],
  acceptInvitation: [
    async ({ app, sql }) => {
      const { rows } = await sql.query<{ id: string }>(`SELECT id FROM roles WHERE tenant_id = $1 AND key = 'viewer'`, [
        app.acme.id,
      ]);
      const invitation = { email: 'nina@invited.test', roleId: rows[0]?.id };
      const { body } = await app.as('admin').post('/api/v1/rbac/invitations', invitation);
      const accept = { token: body.token as string, password: 'kestrel orbit 4711 lime', name: 'Nina' };
      return () => app.anonymous().post('/api/v1/auth/invitations/accept', accept);
    },
  ],
  revokeOtherSessions: [
    async ({ app: { app, url, globex } }) => {
      const open = (): Promise<ApiClient> => sessionClient(app, url, globex.id, globex.userIds.analyst);
      const [client] = [await open(), await open()];
      return () => client.delete('/api/v1/auth/sessions');
    },
  ],
  switchTenant: [
    async ({ app, sql }) => {
      const userId = app.acme.userIds.viewer;
      await sql.query(
        `INSERT INTO memberships (tenant_id, user_id, role_id) SELECT $1, $2, id FROM roles WHERE tenant_id = $1 AND key = 'viewer'`,
        [app.globex.id, userId],
      );
      const client = await sessionClient(app.app, app.url, app.acme.id, userId);
      return () => client.post('/api/v1/auth/switch-tenant', { tenant: app.globex.slug });
    },
  ],
  resumeTenant: [tenantWasMoved('suspend', 'resume')],
  restoreTenant: [
    async ({ app }) => {
      await app.as('admin').delete(`/api/v1/rbac/tenants/${app.acme.id}`, anyVersion);
      return () => app.as('admin').post(`/api/v1/rbac/tenants/${app.acme.id}/restore`);
    },
  ],
  listRisks: [({ app }) => Promise.resolve(() => app.as('admin').get('/api/v1/risks?total=true'))],
  listMitigations: [({ app }) => Promise.resolve(() => app.as('admin').get('/api/v1/mitigations?total=true'))],
  withdrawRiskAcceptance: [
    async ({ app }) => {
      const on = new Acceptances(app);
      const id = await on.inTreatment();
      await on.request(id);
      return () => on.act(app.as('analyst'), id, 'withdraw');
    },
  ],
  createMitigation: [
    async (world) => {
      const { riskId } = await mitigatedRisk(world);
      return () => world.app.as('admin').post(`/api/v1/risks/${riskId}/mitigations`, { title: 'One more' });
    },
  ],
  updateMitigation: [
    async (world) => {
      const { id } = await mitigatedRisk(world);
      return () => world.app.as('admin').patch(`/api/v1/mitigations/${id}`, { status: 'IN_PROGRESS' }, anyVersion);
    },
  ],
  updateRisk: [{ description: 'Words' }, { nextReviewAt: '2999-01-01' }, { impact: 5 }, { ownerId: null }].map(
    (change) =>
      async ({ app }) => {
        const { id } = await addRisk(app.as('admin'), { ownerId: app.acme.userIds.analyst });
        return () => app.as('admin').patch(`/api/v1/risks/${id}`, change, anyVersion);
      },
  ),
  updateAsset: [
    async ({ app }) => {
      const { body } = await app.as('admin').post('/api/v1/assets', { name: 'Shop', type: 'Server' });
      return () => app.as('admin').patch(`/api/v1/assets/${body.id}`, { criticality: 'HIGH' }, anyVersion);
    },
  ],
  installApp: [(world) => Promise.resolve(() => install(world, 'file'))],
  configureApp: [
    async (world) => {
      const { body } = await install(world, 'cisa-kev');
      const change = { name: 'Renamed', configuration: {} };
      return () => world.app.as('admin').send('PUT', `/api/v1/marketplace/apps/${body.id}`, change, anyVersion);
    },
  ],
  testApp: [
    async (world) => {
      const id = await installed(world, 'defectdojo');
      return () => world.app.as('admin').post(`/api/v1/marketplace/apps/${id}/test`);
    },
  ],
  rotateWebhookSecret: [
    async (world) => {
      const id = await installed(world, 'webhook');
      return () => world.app.as('admin').post(`/api/v1/marketplace/apps/${id}/webhook-secret/rotate`);
    },
  ],
  replayDeliveries: [
    async (world) => {
      const id = await installed(world, 'webhook');
      const period = { from: '2026-01-01T00:00:00.000Z', to: '2099-01-01T00:00:00.000Z' };
      return () => world.app.as('admin').post(`/api/v1/marketplace/apps/${id}/deliveries/replay`, period);
    },
  ],
  scheduleSync: [
    async (world) => {
      const id = await installed(world, 'dependency-track');
      const settings = { autoSync: true, syncIntervalSeconds: 3_600 };
      return () => world.app.as('admin').send('PUT', `/api/v1/marketplace/apps/${id}/sync`, settings, anyVersion);
    },
  ],
  startSync: [
    async (world) => {
      const id = await installed(world, 'defectdojo');
      return () => world.app.as('admin').post(`/api/v1/marketplace/apps/${id}/sync`);
    },
  ],
  cancelSyncRun: [
    async (world) => {
      const id = await installed(world, 'dependency-track');
      // It waits, so that its end is told at once.
      const runId = await startSync(world.app.as('admin'), id);
      return () => world.app.as('admin').post(`/api/v1/marketplace/apps/${id}/runs/${runId}/cancel`);
    },
  ],
  reviewConnector: [
    async (world) => {
      await install(world, 'epss');
      const path = `/api/v1/marketplace/connectors/${connectorIdOf('epss')}/reviews`;
      return () => world.app.as('admin').post(path, { rating: 4 });
    },
  ],
  importRisks: [
    ({ app }) => {
      const file = 'title,probability,impact\nImported,3,4\n';
      return Promise.resolve(() =>
        app.as('admin').send('POST', '/api/v1/risks/import', file, { 'content-type': 'text/csv' }),
      );
    },
  ],
};

/** By kind; whatever runs without parameters needs none. */
const jobParameters: Readonly<Record<string, (world: World) => Promise<{ id: string; parameters?: unknown }>>> = {
  'risk.import': async ({ app, sql }) => {
    const file = 'title,probability,impact\nImported later,3,4\n';
    const started = await app
      .as('admin')
      .send('POST', '/api/v1/risks/import-jobs', file, { 'content-type': 'text/csv' });
    const { id } = started.body as { id: string };
    const { rows } = await sql.query<{ parameters: unknown }>('SELECT parameters FROM background_jobs WHERE id = $1', [
      id,
    ]);
    return { id, parameters: rows[0]?.parameters };
  },
  // The one that the scenario of startSync has left.
  'marketplace.sync': async ({ sql }) => {
    const { rows } = await sql.query<{ id: string; jobId: string }>(
      `SELECT id, job_id AS "jobId" FROM sync_runs WHERE status = 'QUEUED'`,
    );
    return { id: rows[0]?.jobId ?? '', parameters: { runId: rows[0]?.id } };
  },
  'acceptance.expire': async ({ app }) => {
    const on = new Acceptances(app);
    await on.overSince(await on.accepted(), inDays(-1));
    return { id: randomUUID() };
  },
};

/** A run of each kind of job, as its workers would make it. */
export async function runJob(world: World, kind: string): Promise<() => Promise<unknown>> {
  const { acme, app } = world.app;
  const job = app.get(JobRegistry, { strict: false }).find(kind);
  if (!job) throw new Error(`Nothing works on ${kind}`);
  const { id, parameters } = (await jobParameters[kind]?.(world)) ?? { id: randomUUID(), parameters: undefined };
  const { signal } = new AbortController();
  const running = { tenantId: acme.id, id, parameters, period: new Date(), attempt: 1, signal };
  const actor = job.every === undefined ? { actor: { tenantId: acme.id, userId: acme.userIds.admin } } : {};
  const context = { requestId: `job-${id}`, tenantId: acme.id, ...actor };
  const run = (): Promise<unknown> => job.run({ ...running, report: () => Promise.resolve() });
  return () =>
    runInContext(context, run).catch((cause: unknown) => {
      throw new Error(`The job ${kind} failed: it may need parameters, in test/cache-map/scenarios.ts`, { cause });
    });
}

function tenantWasMoved(before: string, then: string): Scenario {
  return async ({ app }) => {
    const path = `/api/v1/rbac/tenants/${app.acme.id}`;
    await app.as('admin').post(`${path}/${before}`);
    return () => app.as('admin').post(`${path}/${then}`);
  };
}

function install({ app, sourceUrl }: World, slug: string): Promise<ApiAnswer> {
  const secrets: Readonly<Record<string, object>> = {
    defectdojo: { token: 'of-the-other-one' },
    'dependency-track': { apiKey: 'of-the-other-one' },
    webhook: { secret: `whsec_${'A'.repeat(44)}` },
  };
  const configuration = { url: sourceUrl, ...secrets[slug] };
  return app.as('admin').post('/api/v1/marketplace/apps', { connectorId: connectorIdOf(slug), configuration });
}

/** Of each connector one app is live, whoever has installed it. */
async function installed(world: World, slug: string): Promise<string> {
  const { body } = await world.app.as('admin').get(`/api/v1/marketplace/apps?connectorId=${connectorIdOf(slug)}`);
  const [known] = body.items as { id: string }[];
  return known?.id ?? ((await install(world, slug)).body.id as string);
}

/** What opens its mitigation again reopens the risk. */
async function mitigatedRisk({ app, sql }: World): Promise<{ riskId: string; id: string }> {
  const { id: riskId } = await addRisk(app.as('admin'), {});
  const id = randomUUID();
  await sql.query(
    `INSERT INTO mitigations (tenant_id, id, risk_id, title, status, progress) VALUES ($1, $2, $3, 'M', 'DONE', 100)`,
    [app.acme.id, id, riskId],
  );
  await sql.query(`UPDATE risks SET status = 'MITIGATED' WHERE id = $1`, [riskId]);
  return { riskId, id };
}
