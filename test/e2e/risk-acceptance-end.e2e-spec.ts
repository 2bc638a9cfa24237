import type { RiskResponse } from '../../src/risk/risk.dto';
import { Acceptances, anyVersion, inDays, today } from '../factories/acceptance';
import { problemIn } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { customMember } from '../support/custom-member';
import { auditEntries } from '../support/members';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

describe('the end of an acceptance', () => {
  let app: TestApp;
  let on: Acceptances;
  let analyst: ApiClient;
  let manager: ApiClient;
  let admin: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    on = new Acceptances(app);
    [analyst, manager, admin] = [app.as('analyst'), app.as('manager'), app.as('admin')];
  });
  afterAll(() => app.close());

  it('is said to be expiring once, two weeks before, in a field, the history and the audit log', async () => {
    const id = await on.accepted(inDays(20));
    await on.expire(inDays(5));
    expect(await on.riskOf(id)).toMatchObject({ acceptanceExpiring: false });
    await on.expire(inDays(6));
    await on.expire(inDays(7));
    const risk = await on.riskOf(id);
    expect(risk).toMatchObject({ status: 'ACCEPTED', acceptanceExpiring: true });
    const { body: near } = await analyst.get('/api/v1/risks?acceptanceExpiring=true&limit=200');
    expect(near.items.map((each: RiskResponse) => each.id)).toContain(id);
    const { body } = await analyst.get(`/api/v1/risks/${id}/history?limit=1`);
    expect(body.items).toMatchObject([
      { version: risk.version, actor: null, comment: `Acceptance expires after ${inDays(20)}.` },
    ]);
    const warnings = await auditEntries(app, app.acme, 'acceptance.warn');
    expect(warnings.filter(({ resourceId }) => resourceId === id)).toMatchObject([{ actorId: null }]);
  });

  it('holds on its last day, blocks the move after it, and reopens the risk', async () => {
    const [id, unused] = [await on.accepted(inDays(20)), await on.inTreatment()];
    await on.request(unused, inDays(20));
    await on.act(manager, unused, 'approve');
    await on.overSince(id, today);
    await on.expire();
    expect(await on.riskOf(id)).toMatchObject({ status: 'ACCEPTED' });

    await on.overSince(id, inDays(-1));
    await on.overSince(unused, inDays(-1));
    // Nobody has evicted what SQL has changed.
    await admin.post('/api/v1/admin/cache/evict', { tags: ['risk'] });
    expect((await on.move(unused, 'ACCEPTED')).status).toBe(409);
    await on.expire();
    expect(await on.riskOf(id)).toMatchObject({ status: 'REOPENED', acceptedUntil: null, acceptanceExpiring: false });
    expect(await on.riskOf(unused)).toMatchObject({ status: 'IN_TREATMENT', acceptedUntil: null });
    expect(await on.acceptancesOf(id)).toMatchObject([{ status: 'EXPIRED', endedBy: null }]);
    const { body } = await analyst.get(`/api/v1/risks/${id}/history?limit=1`);
    expect(body.items).toMatchObject([
      { action: 'TRANSITIONED', actor: null, comment: `Acceptance expired after ${inDays(-1)}.` },
    ]);
    const stored = await on.sql(
      `SELECT r.updated_at = h.at AS same FROM risks r
           JOIN risk_history h ON h.risk_id = r.id AND h.version = r.version WHERE r.id = $1`,
      [id],
    );
    expect(stored).toEqual([{ same: true }]);
  });

  it('lets a request lapse that nobody has decided on', async () => {
    const id = await on.inTreatment();
    await on.request(id);
    await on.overSince(id, inDays(-1));
    expect(problemIn(await on.act(manager, id, 'approve'))).toEqual({ status: 409, code: 'risk.acceptance-lapsed' });
    await on.expire();
    expect(await on.riskOf(id)).toMatchObject({ acceptanceRequested: false });
    expect(await on.acceptancesOf(id)).toMatchObject([{ status: 'EXPIRED', decidedBy: null }]);
  });

  it('waits for a deleted risk until it is restored', async () => {
    const id = await on.accepted();
    await on.overSince(id, inDays(-1));
    await admin.delete(`/api/v1/risks/${id}`, anyVersion);
    await on.expire();
    expect((await on.act(manager, id, 'revoke')).status).toBe(404);
    expect((await admin.post(`/api/v1/risks/${id}/restore`)).body).toMatchObject({ status: 'ACCEPTED' });
    await on.expire();
    expect(await on.riskOf(id)).toMatchObject({ status: 'REOPENED' });
  });

  it('happens once, however many instances do it', async () => {
    const other = await createTestApp({ sharing: app, env: { CACHE_KEY_PREFIX: 'other' } });
    const warned = await on.accepted(inDays(3));
    const ids = await Promise.all([on.accepted(), on.accepted(), on.accepted()]);
    for (const id of ids) {
      await on.overSince(id, inDays(-1));
      await on.riskOf(id);
    }
    const versions = await Promise.all(ids.map(async (id) => (await on.riskOf(id)).version));
    await Promise.all([on.expire(), on.expire(today, other), on.expire(), on.expire(today, other)]);
    for (const [index, id] of ids.entries()) {
      const { status, version } = (await on.sql('SELECT status, version FROM risks WHERE id = $1', [id]))[0] ?? {};
      expect([status, version]).toEqual(['REOPENED', (versions[index] ?? 0) + 1]);
      const expired = await auditEntries(app, app.acme, 'acceptance.expire');
      expect(expired.filter(({ resourceId }) => resourceId === id)).toHaveLength(1);
    }
    const warnings = await auditEntries(app, app.acme, 'acceptance.warn');
    expect(warnings.filter(({ resourceId }) => resourceId === warned)).toHaveLength(1);
    await other.close();
  });

  it('is looked for by the job of each hour, in whichever instance', async () => {
    const id = await on.accepted();
    await on.overSince(id, inDays(-1));
    const { version } = await on.riskOf(id);
    const env = { JOBS_ENABLED: 'true', JOBS_POLL_INTERVAL_MS: '50' };
    const instances = await Promise.all([1, 2].map(() => createTestApp({ sharing: app, env })));
    const stored = (): Promise<Record<string, unknown>[]> =>
      on.sql('SELECT status, version FROM risks WHERE id = $1', [id]);
    await until(async () => (await stored())[0]?.['status'] !== 'ACCEPTED', 20_000);
    expect(await stored()).toEqual([{ status: 'REOPENED', version: version + 1 }]);
    await Promise.all(instances.map((instance) => instance.close()));
  });

  it('goes on without who has requested or approved it, and while the tenant is suspended', async () => {
    const people = [];
    for (const _ of [1, 2]) {
      people.push(await customMember(app, app.acme, ['risk:read:tenant', 'risk:update:tenant', 'risk:accept:tenant']));
    }
    const [asker, decider] = people;
    const [waiting, running] = [await on.inTreatment(), await on.inTreatment()];
    await on.request(waiting, inDays(3), asker?.client);
    await on.request(running, inDays(3), asker?.client);
    await on.act(decider?.client ?? manager, running, 'approve');
    await on.move(running, 'ACCEPTED');
    for (const person of people) {
      expect((await admin.delete(`/api/v1/rbac/users/${person.userId}`, anyVersion)).status).toBe(204);
    }
    expect(await on.acceptancesOf(running)).toMatchObject([{ requestedBy: { id: asker?.userId } }]);
    expect((await on.act(manager, waiting, 'approve')).status).toBe(200);
    await on.overSince(running, inDays(-1));
    await on.sql(`UPDATE tenants SET status = 'SUSPENDED' WHERE id = $1`, [app.acme.id]);
    await on.expire();
    await on.sql(`UPDATE tenants SET status = 'ACTIVE' WHERE id = $1`, [app.acme.id]);
    expect(await on.sql('SELECT status FROM risks WHERE id = $1', [running])).toEqual([{ status: 'REOPENED' }]);
  });

  describe('when two come at once', () => {
    const round = [1, 2, 3];

    it('one approval counts', async () => {
      for (const _ of round) {
        const id = await on.inTreatment();
        await on.request(id);
        const answers = await Promise.all([on.act(manager, id, 'approve'), on.act(admin, id, 'approve')]);
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
        expect((await on.acceptancesOf(id)).map(({ status }) => status)).toEqual(['APPROVED']);
      }
    });

    it('one request counts', async () => {
      const id = await on.inTreatment();
      const answers = await Promise.all([
        on.request(id),
        on.request(id, inDays(3), manager),
        on.request(id, inDays(4), admin),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    });

    it('revoking and approving a renewal, moving away and expiring leave risk and acceptances in agreement', async () => {
      for (const _ of round) {
        const ids = await Promise.all([on.accepted(), on.accepted(), on.accepted()]);
        await on.request(ids[0]);
        await on.overSince(ids[1], inDays(-1));
        await on.overSince(ids[2], inDays(-1));
        await Promise.all([
          on.act(manager, ids[0], 'revoke'),
          on.act(admin, ids[0], 'approve'),
          on.act(manager, ids[1], 'revoke'),
          on.move(ids[2], 'IN_TREATMENT'),
          on.expire(),
          on.expire(),
        ]);
        const rows = await on.sql(
          `SELECT r.status, r.accepted_until IS NOT NULL AS accepted, r.acceptance_requested AS requested,
             EXISTS (SELECT FROM risk_acceptances a WHERE a.risk_id = r.id AND a.status = 'APPROVED') AS "inForce",
             EXISTS (SELECT FROM risk_acceptances a WHERE a.risk_id = r.id AND a.status = 'PENDING') AS waits
             FROM risks r WHERE r.id = ANY ($1)`,
          [ids],
        );
        for (const { status, accepted: until, requested, inForce, waits } of rows) {
          expect([until, requested]).toEqual([inForce, waits]);
          if (status === 'ACCEPTED') expect(inForce).toBe(true);
        }
        expect(rows.map(({ status }) => status)).not.toContain('CLOSED');
      }
    });
  });
});
