import { Pool } from 'pg';
import { EVENT_TYPES, type EventType } from '../../src/outbox/event-types';
import type { NamedCaller } from '../access/callers';
import type { RiskSettings } from '../../src/risk/settings/risk-settings';
import { rightsOfRole } from '../access/expectation';
import { Objects } from '../access/objects';
import { bodies } from '../access/requests';
import { routes } from '../access/routes';
import { Acceptances, inDays } from '../factories/acceptance';
import { RecordedEvents, type RecordedEvent } from '../support/outbox';
import { operationsOf, sendExample, type Operation } from '../support/operations';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

/** What a successful request tells the outside; whoever it is refused to by the requester's role asks as a Manager. */
const tells: Readonly<Record<string, EventType>> = {
  createRisk: 'risk.created',
  updateRisk: 'risk.updated',
  deleteRisk: 'risk.deleted',
  restoreRisk: 'risk.restored',
  transitionRisk: 'risk.status_changed',
  reviewRisk: 'risk.updated',
  changeRisksInBulk: 'risk.updated',
  importRisks: 'risk.imported',
  startRiskImport: 'risk.imported',
  requestRiskAcceptance: 'acceptance.requested',
  approveRiskAcceptance: 'acceptance.approved',
  rejectRiskAcceptance: 'acceptance.rejected',
  withdrawRiskAcceptance: 'acceptance.withdrawn',
  revokeRiskAcceptance: 'acceptance.revoked',
  createMitigation: 'mitigation.created',
  updateMitigation: 'mitigation.updated',
  deleteMitigation: 'mitigation.deleted',
  createSubAction: 'mitigation.updated',
  updateSubAction: 'mitigation.updated',
  deleteSubAction: 'mitigation.updated',
  installApp: 'connector.installed',
  uninstallApp: 'connector.uninstalled',
};

/** Why the others tell nothing. */
const silent: Readonly<Record<string, string>> = {
  createRiskComment: 'what people say to each other stays in the house',
  updateRiskComment: 'the same',
  deleteRiskComment: 'the same',
  createAsset: 'it has no risks yet',
  updateAsset: 'its risks tell (below)',
  deleteAsset: 'its risks tell (below)',
  createCustomField: 'a definition is nothing of a risk',
  updateCustomField: 'the same',
  deleteCustomField: 'the same',
  replaceRiskSettings: 'the risks tell whose severity is another one (below)',
  previewRiskSettings: 'it changes nothing',
  cancelJob: 'what a job has changed has been told',
  configureApp: 'it has brought no risks by that',
  testApp: 'the same',
  enableApp: 'the same',
  disableApp: 'what it has brought stays',
  startSync: 'the run tells (test/e2e/sync)',
  scheduleSync: 'it has brought no risks yet',
  cancelSyncRun: 'what a run has changed has been told',
  replayDelivery: 'it tells again what has been told',
  replayDeliveries: 'the same',
  rotateWebhookSecret: 'a secret is nobody’s business',
  reviewConnector: 'what people say to each other stays in the house',
};
/** Where the usual request may find that all is so already. */
const changing: Readonly<Record<string, () => unknown>> = {
  reviewRisk: () => ({ outcome: 'CONFIRMED', nextReviewAt: inDays(7) }),
  startRiskImport: () => 'title,probability,impact,externalId\nImported later,3,4,later-1\n',
};
/** Who may do what is for the audit log, not for receivers. */
const accessOnly = /^(user|role|team|tenant|system|audit):/;
const byManager = new Set(['approveRiskAcceptance', 'rejectRiskAcceptance', 'revokeRiskAcceptance']);
const seenElsewhere: readonly EventType[] = [
  ...(['mitigation.status_changed', 'acceptance.expiring', 'acceptance.expired', 'risk.synced'] as const),
  ...(['connector.synced', 'connector.failed'] as const),
];

describe('whatever changes a risk', () => {
  let app: TestApp;
  let sql: Pool;
  let events: RecordedEvents;
  let operations: Operation[];

  beforeAll(async () => {
    app = await createTestApp({ env: { JOBS_ENABLED: 'true', JOBS_POLL_INTERVAL_MS: '100' } });
    sql = new Pool({ connectionString: app.database.adminUrl, max: 2 });
    events = new RecordedEvents(sql, app.acme.id);
    operations = (await operationsOf(app)).filter(({ method }) => method !== 'GET');
    await events.subscribe();
  });
  afterAll(async () => {
    await sql.end();
    await app.close();
  });

  const idOf = ({ described }: Operation): string => described.operationId ?? '';

  it('tells the outside of it, or it is written down why not', () => {
    const unexplained = operations.map(idOf).filter((id) => {
      const { needs } = routes[id]!;
      return !(id in tells) && !(id in silent) && Array.isArray(needs) && !accessOnly.test(needs[0] as string);
    });
    expect(unexplained).toEqual([]);
    expect([...new Set([...Object.values(tells), ...seenElsewhere])].sort()).toEqual([...EVENT_TYPES].sort());
  });

  it('tells it over HTTP, with who has done it', async () => {
    const objects = new Objects(app, sql);
    const wrong: string[] = [];
    for (const operation of operations) {
      const type = tells[idOf(operation)];
      if (type === undefined) continue;
      const caller = callerAs(byManager.has(idOf(operation)) ? 'manager' : 'admin');
      const { object } = routes[idOf(operation)]!;
      const ids = object === undefined ? {} : await objects.find(object, 'colleague', caller);
      if (object !== undefined) objects.forget(object, 'colleague', caller);
      const before = await events.position();
      const body = changing[idOf(operation)] ?? bodies[idOf(operation)];
      const answer = await sendExample(caller.client, operation, {
        ids,
        headers: 'If-Match' in operation.headers ? { 'If-Match': '*' } : {},
        ...(body && { body: body(await objects.given(caller)) }),
      });
      if (answer.status >= 300) wrong.push(`${operation.name}: ${answer.status} ${answer.text}`);
      // A job tells later.
      else if (answer.status === 202) await until(async () => (await told(type, before)) !== undefined, 30_000);
      const event = await told(type, before);
      if (event?.actorId !== caller.userId || event.subjectId !== (event.data['riskId'] ?? event.data['appId']))
        wrong.push(`${operation.name}: ${JSON.stringify(event)}`);
    }
    expect(wrong).toEqual([]);
  }, 180_000);

  it('tells of risks that change because their asset does, or what severities mean', async () => {
    const admin = app.as('admin');
    const asset = (await admin.post('/api/v1/assets', { name: 'A', type: 'Server' })).body as { id: string };
    const request = { title: 'On it', probability: 3, impact: 4, assetIds: [asset.id] };
    const risk = (await admin.post('/api/v1/risks', request)).body as { id: string };
    const before = await events.position();
    await admin.patch(`/api/v1/assets/${asset.id}`, { criticality: 'CRITICAL' }, { 'if-match': '*' });
    const current = (await admin.get('/api/v1/risk-settings')).body as RiskSettings;
    const severities = current.severities.map((each) => (each.severity === 'CRITICAL' ? { ...each, from: 18 } : each));
    const { probabilityLabels, impactLabels } = current;
    await admin.send(
      'PUT',
      '/api/v1/risk-settings',
      { probabilityLabels, impactLabels, severities },
      { 'if-match': '*' },
    );
    await admin.delete(`/api/v1/assets/${asset.id}?detach=true`, { 'if-match': '*' });
    const all = (await events.since(before)).filter(({ subjectId }) => subjectId === risk.id);
    expect(all.map(({ type, data }) => [type, data['version'], data['score'], data['severity']])).toEqual([
      ['risk.updated', 2, 18, 'HIGH'],
      ['risk.updated', 3, 18, 'CRITICAL'],
      ['risk.updated', 4, 12, 'MEDIUM'],
    ]);
  });

  it('tells of a mitigation in the order of what happens to its risk', async () => {
    const admin = app.as('admin');
    const { id } = (await admin.post('/api/v1/risks', { title: 'R', probability: 1, impact: 1 })).body as {
      id: string;
    };
    const created = await admin.post(`/api/v1/risks/${id}/mitigations`, { title: 'M' });
    const { id: mitigationId } = created.body as { id: string };
    const move = { status: 'IN_PROGRESS', progress: 10 };
    await admin.patch(`/api/v1/mitigations/${mitigationId}`, move, { 'if-match': '*' });
    await admin.patch(`/api/v1/risks/${id}`, { title: 'S' }, { 'if-match': '*' });
    expect((await events.since()).filter(({ subjectId }) => subjectId === id)).toMatchObject([
      { type: 'risk.created', data: { version: 1, title: 'R' } },
      { type: 'mitigation.created', data: { mitigationId, version: 1 } },
      { type: 'mitigation.status_changed', data: { version: 2, changedFields: ['status', 'progress'] } },
      { type: 'risk.updated', data: { version: 2, title: 'S', changedFields: ['title'] } },
    ]);
  });

  it('tells that an acceptance expires soon, and that it has', async () => {
    const on = new Acceptances(app);
    const id = await on.accepted(inDays(20));
    const before = await events.position();
    await on.expire(inDays(6));
    await on.expire(inDays(21));
    const all = (await events.since(before)).filter(({ subjectId }) => subjectId === id);
    expect(all.map(({ type, actorId }) => [type, actorId])).toEqual([
      ['acceptance.expiring', null],
      ['risk.updated', null],
      ['acceptance.expired', null],
      ['risk.status_changed', null],
    ]);
  });

  async function told(type: EventType, before: number): Promise<RecordedEvent | undefined> {
    return (await events.since(before)).find((event) => event.type === type);
  }

  function callerAs(role: 'admin' | 'manager'): NamedCaller {
    const client = app.as(role);
    const { userIds } = app.acme;
    const who = { name: role, tenant: app.acme, userId: userIds[role], mateId: userIds.viewer };
    const rights = rightsOfRole(role);
    return { ...who, client, rights, isGood: true, isApiToken: false, another: () => Promise.resolve(client) };
  }
});
