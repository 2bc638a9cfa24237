import { Pool } from 'pg';
import { runInContext } from '../../src/context/request-context';
import { OutboxRetention } from '../../src/outbox/outbox-retention';
import { addRisk } from '../factories/risk';
import { RecordedEvents } from '../support/outbox';
import { createTestApp, type TestApp } from '../support/test-app';

describe('the outbox', () => {
  let app: TestApp;
  let sql: Pool;
  let events: RecordedEvents;

  beforeAll(async () => {
    app = await createTestApp();
    sql = new Pool({ connectionString: app.database.adminUrl, max: 2 });
    events = new RecordedEvents(sql, app.acme.id);
  });
  afterEach(() => events.forget());
  afterAll(async () => {
    await sql.end();
    await app.close();
  });

  it('records nothing where nobody has subscribed, whoever has in another tenant', async () => {
    const others = new RecordedEvents(sql, app.globex.id);
    const subscriber = await others.subscribe();
    await addRisk(app.as('admin'));
    expect(await events.since()).toEqual([]);
    expect(await others.since()).toEqual([]);
    await addRisk(app.as('admin', app.globex));
    expect(await others.deliveriesTo(subscriber)).toEqual(['risk.created']);
    expect(await events.since()).toEqual([]);
    await others.forget();
  });

  it('delivers to each subscriber the types it has asked for, and to one that is not active nothing', async () => {
    const [all, some, asleep] = [
      await events.subscribe(),
      await events.subscribe(['risk.deleted', 'risk.restored']),
      await events.subscribe([], false),
    ];
    const { id } = await addRisk(app.as('admin'));
    await app.as('admin').delete(`/api/v1/risks/${id}`, { 'if-match': '*' });
    expect(await events.deliveriesTo(all)).toEqual(['risk.created', 'risk.deleted']);
    expect(await events.deliveriesTo(some)).toEqual(['risk.deleted']);
    expect(await events.deliveriesTo(asleep)).toEqual([]);
    expect(await events.since()).toHaveLength(2);
  });

  it('records what is committed and nothing else', async () => {
    await events.subscribe();
    const admin = app.as('admin');
    const { id } = await addRisk(admin);
    await admin.patch(`/api/v1/risks/${id}`, { title: 'Stale' }, { 'if-match': '"v9"' });
    await admin.patch(`/api/v1/risks/${id}`, { title: 'Dangling', assetIds: [id] }, { 'if-match': '*' });
    const operations = [
      { op: 'update', id, change: { title: 'One' } },
      { op: 'update', id, version: 1, change: { title: 'Two' } },
    ];
    await admin.post('/api/v1/risks/bulk', { atomic: true, operations });
    expect((await events.since()).map(({ type }) => type)).toEqual(['risk.created']);
    await admin.post('/api/v1/risks/bulk', { atomic: false, operations });
    expect((await events.since()).map(({ type, data }) => [type, data['title']])).toEqual([
      ['risk.created', expect.any(String)],
      ['risk.updated', 'One'],
    ]);
  });

  it('says of a risk what it is in brief, and keeps its free texts to itself', async () => {
    await events.subscribe();
    const { id } = await addRisk(app.as('admin'), { title: 'Told', description: 'Untold.', probability: 4, impact: 5 });
    const [event] = await events.since();
    expect(event).toEqual({
      ...{ type: 'risk.created', subjectId: id, actorId: app.acme.userIds.admin },
      data: {
        ...{
          riskId: id,
          version: 1,
          changedFields: [],
          title: 'Told',
          status: 'DRAFT',
          severity: 'CRITICAL',
          score: 20,
        },
        ...{ ownerId: null, assigneeId: null, dueDate: null, source: 'MANUAL', externalId: null },
      },
    });
  });

  it('forgets after thirty days what nobody waits for', async () => {
    const subscriber = await events.subscribe();
    const [waiting, told] = [await addRisk(app.as('admin')), await addRisk(app.as('admin'))];
    await addRisk(app.as('admin'), { title: 'Recent' });
    await sql.query(`UPDATE outbox_deliveries SET status = 'DELIVERED' WHERE subject_id <> $1`, [waiting.id]);
    await sql.query(`UPDATE outbox_events SET at = now() - interval '31 days' WHERE data ->> 'title' <> 'Recent'`);
    await runInContext({ requestId: 'job', tenantId: app.acme.id }, () => app.app.get(OutboxRetention).forget());
    expect((await events.since()).map(({ subjectId }) => subjectId)).toEqual([waiting.id, expect.any(String)]);
    expect(await events.deliveriesTo(subscriber)).toHaveLength(2);
    expect((await events.since()).map(({ subjectId }) => subjectId)).not.toContain(told.id);
  });
});
