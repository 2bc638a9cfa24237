import type { Client } from 'pg';
import { addMitigation, addTreatedRisk, moveRisk } from '../factories/mitigation';
import { addRisk, problemIn } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const any = { 'if-match': '*' };

describe('a risk and what is done about it', () => {
  let app: TestApp;
  let analyst: ApiClient;
  beforeAll(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
  });
  afterAll(() => app.close());

  const move = (riskId: string, status: string): Promise<ApiAnswer> =>
    analyst.post(`/api/v1/risks/${riskId}/transition`, { status }, any);
  const change = (id: string, status: string): Promise<ApiAnswer> =>
    analyst.patch(`/api/v1/mitigations/${id}`, { status }, any);
  const plan = (riskId: string): Promise<ApiAnswer> =>
    analyst.post(`/api/v1/risks/${riskId}/mitigations`, { title: 'One more' });
  const statusOf = async (riskId: string): Promise<string> =>
    (await analyst.get(`/api/v1/risks/${riskId}`)).body.status;
  const reasonAgainst = async (riskId: string, to: string): Promise<string | null> => {
    const { moves } = (await analyst.get(`/api/v1/risks/${riskId}/transitions`)).body;
    return moves.find(({ status }: { status: string }) => status === to).reason;
  };

  it('is in treatment only with something to do, mitigated only with all of it done', async () => {
    const { id } = await addRisk(analyst, { status: 'ASSESSED' });
    await moveRisk(analyst, id, 'TREATMENT_PLANNED');
    const needsOne = 'IN_TREATMENT needs at least one active mitigation.';
    expect(await reasonAgainst(id, 'IN_TREATMENT')).toBe(needsOne);
    const one = await addMitigation(analyst, id);
    const other = await addMitigation(analyst, id);
    expect(await reasonAgainst(id, 'IN_TREATMENT')).toBeNull();
    for (const each of [one, other]) await change(each.id, 'CANCELLED');
    expect(await reasonAgainst(id, 'IN_TREATMENT')).toBe(needsOne);
    for (const each of [one, other]) await change(each.id, 'PLANNED');
    await moveRisk(analyst, id, 'IN_TREATMENT');

    expect(await reasonAgainst(id, 'MITIGATED')).toBe('MITIGATED needs every mitigation DONE or CANCELLED; 2 are not.');
    await change(one.id, 'DONE');
    expect(await reasonAgainst(id, 'MITIGATED')).toBe('MITIGATED needs every mitigation DONE or CANCELLED; 1 is not.');
    expect((await move(id, 'MITIGATED')).body).toMatchObject({ status: 409, code: 'risk.illegal-transition' });
    await change(other.id, 'CANCELLED');
    expect(await reasonAgainst(id, 'MITIGATED')).toBeNull();
    expect((await move(id, 'MITIGATED')).status).toBe(200);
  });

  it('is not mitigated by nothing', async () => {
    const { riskId, mitigationId } = await addTreatedRisk(analyst);
    await app.as('admin').delete(`/api/v1/mitigations/${mitigationId}`, any);
    expect(await reasonAgainst(riskId, 'MITIGATED')).toBe('MITIGATED needs at least one mitigation.');
    expect((await move(riskId, 'MITIGATED')).status).toBe(409);
  });

  it('stays mitigated by something: the last mitigation is not deleted', async () => {
    const { riskId, mitigationId } = await addTreatedRisk(analyst);
    const second = await addMitigation(analyst, riskId);
    for (const id of [mitigationId, second.id]) await change(id, 'DONE');
    await moveRisk(analyst, riskId, 'MITIGATED');
    const admin = app.as('admin');
    const answers = await Promise.all(
      [mitigationId, second.id].map((id) => admin.delete(`/api/v1/mitigations/${id}`, any)),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused && problemIn(refused)).toEqual({ status: 409, code: 'mitigation.last-of-mitigated' });
    expect((await analyst.get(`/api/v1/risks/${riskId}/mitigations?total=true`)).body.total).toBe(1);
  });

  it.each<[string, (riskId: string, mitigationId: string) => Promise<ApiAnswer>]>([
    ['a new mitigation', (riskId) => plan(riskId)],
    ['one that goes on', (_, mitigationId) => change(mitigationId, 'IN_PROGRESS')],
  ])('goes back into treatment with %s, and says so in its history', async (_what, open) => {
    const { riskId, mitigationId } = await addTreatedRisk(analyst);
    await change(mitigationId, 'DONE');
    await moveRisk(analyst, riskId, 'MITIGATED');
    // All of these are cached before.
    for (const path of ['', '/history', '/transitions', '/mitigations']) {
      await analyst.get(`/api/v1/risks/${riskId}${path}`);
    }
    await analyst.get(`/api/v1/risks?status=MITIGATED&limit=200`);

    expect((await open(riskId, mitigationId)).status).toBeLessThan(300);
    expect(await statusOf(riskId)).toBe('IN_TREATMENT');
    const [latest] = (await analyst.get(`/api/v1/risks/${riskId}/history`)).body.items;
    expect(latest).toMatchObject({
      ...{ action: 'TRANSITIONED', comment: 'A mitigation was opened.', actor: { id: app.acme.userIds.analyst } },
      changes: [{ field: 'status', before: 'MITIGATED', after: 'IN_TREATMENT' }],
    });
    expect((await analyst.get(`/api/v1/risks?status=MITIGATED&limit=200`)).text).not.toContain(riskId);
    const { body } = await app.as('admin').get(`/api/v1/audit-logs?resource=risk&resourceId=${riskId}&limit=1`);
    expect(body.items).toMatchObject([{ action: 'risk.transition', details: { version: latest.version } }]);
    expect(await reasonAgainst(riskId, 'MITIGATED')).toMatch(/1 is not/);
  });

  it('leaves a mitigated risk as it is when a mitigation of it merely changes', async () => {
    const { riskId, mitigationId } = await addTreatedRisk(analyst);
    await change(mitigationId, 'DONE');
    await moveRisk(analyst, riskId, 'MITIGATED');
    await analyst.patch(`/api/v1/mitigations/${mitigationId}`, { title: 'Renamed', cost: 3 }, any);
    expect(await statusOf(riskId)).toBe('MITIGATED');
  });

  describe('when two happen at once', () => {
    const waiting = (client: Client, count: number): Promise<void> =>
      until(async () => {
        // Inside a transaction the activity would stay as it was first seen.
        await client.query('SELECT pg_stat_clear_snapshot()');
        const { rows } = await client.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length === count;
      });

    /** Has both wait for the lock of the risk, in this order, and lets them go. */
    const meet = (riskId: string, ...requests: (() => Promise<ApiAnswer>)[]): Promise<ApiAnswer[]> =>
      withClient(app.database.adminUrl, async (client) => {
        await client.query('BEGIN');
        await client.query('SELECT FROM risks WHERE id = $1 FOR UPDATE', [riskId]);
        const answers: Promise<ApiAnswer>[] = [];
        for (const request of requests) {
          answers.push(request());
          await waiting(client, answers.length);
        }
        await client.query('COMMIT');
        return Promise.all(answers);
      });

    const openIn = async (riskId: string): Promise<number> =>
      (await analyst.get(`/api/v1/mitigations?riskId=${riskId}&status=PLANNED,IN_PROGRESS,REVIEW&total=true`)).body
        .total;

    it('refuses MITIGATED to who comes behind a new mitigation', async () => {
      const { riskId, mitigationId } = await addTreatedRisk(analyst);
      await change(mitigationId, 'DONE');
      const [planned, moved] = await meet(
        riskId,
        () => plan(riskId),
        () => move(riskId, 'MITIGATED'),
      );
      expect([planned?.status, moved?.status]).toEqual([201, 409]);
      expect(await statusOf(riskId)).toBe('IN_TREATMENT');
    });

    it('takes the risk back behind a MITIGATED that came first', async () => {
      const { riskId, mitigationId } = await addTreatedRisk(analyst);
      await change(mitigationId, 'DONE');
      const [moved, planned] = await meet(
        riskId,
        () => move(riskId, 'MITIGATED'),
        () => plan(riskId),
      );
      expect([moved?.status, planned?.status]).toEqual([200, 201]);
      expect([await statusOf(riskId), await openIn(riskId)]).toEqual(['IN_TREATMENT', 1]);
    });

    it('refuses IN_TREATMENT to who comes behind the end of the only mitigation', async () => {
      const { id: riskId } = await addRisk(analyst, { status: 'ASSESSED' });
      const { id } = await addMitigation(analyst, riskId);
      await moveRisk(analyst, riskId, 'TREATMENT_PLANNED');
      const [ended, moved] = await meet(
        riskId,
        () => change(id, 'CANCELLED'),
        () => move(riskId, 'IN_TREATMENT'),
      );
      expect([ended?.status, moved?.status]).toEqual([200, 409]);
      expect(await statusOf(riskId)).toBe('TREATMENT_PLANNED');
    });

    it('never leaves a mitigated risk with an open mitigation, in whatever order', async () => {
      for (let round = 0; round < 8; round++) {
        const { riskId, mitigationId } = await addTreatedRisk(analyst);
        await change(mitigationId, 'DONE');
        const storm = [
          () => move(riskId, 'MITIGATED'),
          () => plan(riskId),
          () => change(mitigationId, 'IN_PROGRESS'),
          () => move(riskId, 'MITIGATED'),
          () => change(mitigationId, 'DONE'),
        ];
        const turned = storm.map((_, index) => storm[(index + round) % storm.length]!());
        expect((await Promise.all(turned)).map(({ status }) => status)).not.toContain(500);
        // One is always left open: the one that was planned.
        expect(await openIn(riskId)).toBeGreaterThan(0);
        expect(await statusOf(riskId)).toBe('IN_TREATMENT');
      }
    });
  });
});
