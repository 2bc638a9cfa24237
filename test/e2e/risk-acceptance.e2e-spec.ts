import { randomUUID } from 'node:crypto';
import type { RiskResponse } from '../../src/risk/risk.dto';
import { Acceptances, anyVersion, inDays, today } from '../factories/acceptance';
import { ifVersion, problemIn } from '../factories/risk';
import { ApiClient } from '../support/api-client';
import { customMember } from '../support/custom-member';
import { auditEntries } from '../support/members';
import { createTestApp, type TestApp } from '../support/test-app';

describe('the acceptance of a risk', () => {
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

  it('opens the way to ACCEPTED once somebody else has approved it', async () => {
    const id = await on.inTreatment();
    expect(await on.reasonAgainst(id, 'ACCEPTED')).toMatch(/needs an acceptance/);
    expect((await on.move(id, 'ACCEPTED')).status).toBe(409);

    const requested = await on.request(id, inDays(30));
    expect(requested.status).toBe(201);
    expect(requested.body).toMatchObject({
      ...{ riskId: id, status: 'PENDING', justification: 'Too dear.', validUntil: inDays(30), riskVersion: 3 },
      ...{ requestedBy: { id: app.acme.userIds.analyst, name: 'analyst of acme' }, decidedBy: null, endedAt: null },
    });
    expect(await on.riskOf(id)).toMatchObject({ version: 4, acceptanceRequested: true, acceptedUntil: null });
    expect(await on.reasonAgainst(id, 'ACCEPTED')).toMatch(/needs an acceptance/);

    const approved = await on.act(manager, id, 'approve', { comment: 'Agreed.' }, ifVersion(4));
    expect(approved.body).toMatchObject({
      ...{ id: requested.body.id, status: 'APPROVED', decisionComment: 'Agreed.' },
      decidedBy: { id: app.acme.userIds.manager },
    });
    // The approval itself moves nothing.
    expect(await on.riskOf(id)).toMatchObject({
      ...{ status: 'IN_TREATMENT', version: 5, acceptanceRequested: false, acceptedUntil: inDays(30) },
    });
    expect(await on.reasonAgainst(id, 'ACCEPTED')).toBeNull();
    expect((await on.move(id, 'ACCEPTED')).body).toMatchObject({ status: 'ACCEPTED', version: 6 });
    expect(await on.acceptancesOf(id)).toEqual([approved.body]);
    expect(await on.reasonAgainst(id, 'REOPENED')).toMatch(/when its acceptance expires or is revoked/);
    expect((await on.move(id, 'REOPENED')).status).toBe(409);
  });

  it('is never approved or rejected by who has requested it, with whatever credential', async () => {
    const id = await on.inTreatment();
    expect((await on.request(id, inDays(10), manager)).status).toBe(201);
    const { body: token } = await manager.post('/api/v1/auth/tokens', { name: 'second hat' });
    const hats = [manager, new ApiClient(app.url, (token as { token: string }).token)];
    for (const client of hats) {
      for (const action of ['approve', 'reject']) {
        expect(problemIn(await on.act(client, id, action))).toEqual({ status: 403, code: 'risk.own-acceptance' });
      }
    }
    const twoHats = on.sql(
      `UPDATE risk_acceptances SET status = 'APPROVED', decided_by = requested_by, decided_at = now() WHERE risk_id = $1`,
      [id],
    );
    await expect(twoHats).rejects.toMatchObject({ constraint: 'risk_acceptances_two_people' });
    expect((await on.act(admin, id, 'approve')).status).toBe(200);
  });

  it('is withdrawn by who has requested it only, and rejected with a comment', async () => {
    const id = await on.inTreatment();
    await on.request(id);
    expect(problemIn(await on.act(manager, id, 'withdraw'))).toEqual({ status: 403, code: 'risk.not-requester' });
    expect((await on.act(analyst, id, 'withdraw', { comment: 'Mistaken.' })).body).toMatchObject({
      ...{ status: 'WITHDRAWN', endComment: 'Mistaken.', decidedBy: null },
      endedBy: { id: app.acme.userIds.analyst },
    });
    expect((await on.act(analyst, id, 'withdraw')).status).toBe(409);
    await on.request(id);
    expect((await on.act(manager, id, 'reject', { comment: 'No.' })).body).toMatchObject({
      ...{ status: 'REJECTED', decisionComment: 'No.' },
    });
    expect(await on.riskOf(id)).toMatchObject({ acceptanceRequested: false, acceptedUntil: null });
    expect((await on.acceptancesOf(id)).map(({ status }) => status)).toEqual(['REJECTED', 'WITHDRAWN']);
    expect((await on.move(id, 'ACCEPTED')).status).toBe(409);
    for (const action of ['approve', 'reject', 'revoke']) {
      expect(problemIn(await on.act(manager, id, action))).toEqual({ status: 409, code: 'risk.no-acceptance' });
    }
  });

  it('is revoked, which reopens the risk, or left by a move, which ends it', async () => {
    const revoked = await on.accepted();
    expect((await on.act(manager, revoked, 'revoke', { comment: 'New facts.' })).body).toMatchObject({
      ...{ status: 'REVOKED', endComment: 'New facts.' },
    });
    expect(await on.riskOf(revoked)).toMatchObject({ status: 'REOPENED', acceptedUntil: null });
    expect(await on.reasonAgainst(revoked, 'IN_TREATMENT')).toBeNull();

    for (const to of ['IN_TREATMENT', 'CLOSED']) {
      const id = await on.accepted();
      expect((await on.move(id, to)).body).toMatchObject({ status: to, acceptedUntil: null });
      expect((await on.acceptancesOf(id)).map(({ status }) => status)).toEqual(['ENDED']);
    }
    const unused = await on.inTreatment();
    await on.request(unused);
    await on.act(manager, unused, 'approve');
    expect((await on.act(manager, unused, 'revoke')).status).toBe(200);
    expect(await on.riskOf(unused)).toMatchObject({ status: 'IN_TREATMENT', acceptedUntil: null });
  });

  it('drops a request, and an approval that nobody used, when the risk is closed', async () => {
    const id = await on.inTreatment();
    await on.request(id);
    await on.act(manager, id, 'approve');
    await on.request(id);
    await on.move(id, 'TREATMENT_PLANNED');
    expect((await on.move(id, 'CLOSED')).body).toMatchObject({ acceptanceRequested: false, acceptedUntil: null });
    expect((await on.acceptancesOf(id)).map(({ status }) => status)).toEqual(['ENDED', 'ENDED']);
    expect(problemIn(await on.request(id))).toEqual({ status: 409, code: 'risk.closed' });
  });

  it('is renewed by a later one, which takes its place when it is approved', async () => {
    const id = await on.accepted(inDays(5));
    await on.expire();
    expect(await on.riskOf(id)).toMatchObject({ acceptanceExpiring: true });
    expect((await on.request(id, inDays(200))).status).toBe(201);
    expect(await on.riskOf(id)).toMatchObject({
      status: 'ACCEPTED',
      acceptanceRequested: true,
      acceptedUntil: inDays(5),
    });
    await on.act(manager, id, 'approve');
    expect(await on.riskOf(id)).toMatchObject({
      ...{ status: 'ACCEPTED', acceptanceRequested: false, acceptedUntil: inDays(200), acceptanceExpiring: false },
    });
    expect((await on.acceptancesOf(id)).map(({ status }) => status)).toEqual(['APPROVED', 'SUPERSEDED']);
    await on.expire(inDays(6));
    expect(await on.riskOf(id)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('is requested once at a time, in the future, for what was seen', async () => {
    const id = await on.inTreatment();
    const yesterday = await on.request(id, inDays(-1));
    expect(yesterday.status).toBe(422);
    expect(yesterday.body.errors).toMatchObject([{ pointer: '/validUntil', code: 'past' }]);
    const body = { justification: 'J', validUntil: today };
    const path = `/api/v1/risks/${id}/acceptance`;
    expect((await analyst.post(path, body)).status).toBe(428);
    expect((await analyst.post(path, body, ifVersion(2))).status).toBe(412);
    for (const wrong of [
      { justification: '' },
      { justification: 'x'.repeat(2001) },
      { validUntil: '2026-02-30' },
      {},
    ]) {
      const { status } = await analyst.post(
        path,
        Object.keys(wrong).length ? { ...body, ...wrong } : wrong,
        anyVersion,
      );
      expect(status).toBe(422);
    }
    const key = { ...ifVersion(3), 'idempotency-key': randomUUID() };
    const [first, again] = [await analyst.post(path, body, key), await analyst.post(path, body, key)];
    expect([first.status, again.text]).toEqual([201, first.text]);
    expect(problemIn(await on.request(id))).toEqual({ status: 409, code: 'risk.acceptance-requested' });
    // Who decides has seen what there is now.
    expect((await on.act(manager, id, 'approve', {}, ifVersion(3))).status).toBe(412);
    expect((await on.act(manager, id, 'approve', {}, ifVersion(4))).status).toBe(200);
  });

  it('needs risk:accept, as far as that reaches, and is nobody else’s business', async () => {
    const id = await on.inTreatment();
    const path = `/api/v1/risks/${id}/acceptance`;
    expect((await on.request(id, today, app.as('viewer'))).status).toBe(403);
    await on.request(id);
    expect(problemIn(await on.act(app.as('viewer'), id, 'approve')).status).toBe(403);
    const rights = ['risk:read:tenant', 'risk:accept:own'];
    const { client } = await customMember(app, app.acme, rights);
    expect((await on.act(client, id, 'approve')).body).toMatchObject({ status: 403, permission: 'risk:accept' });
    const { client: blind } = await customMember(app, app.acme, ['risk:read:own', 'risk:accept:tenant']);
    expect((await blind.get(path)).status).toBe(404);
    expect((await on.act(blind, id, 'approve')).status).toBe(404);
    const stranger = app.as('admin', app.globex);
    expect((await stranger.get(path)).status).toBe(404);
    for (const action of ['approve', 'reject', 'withdraw', 'revoke']) {
      expect((await on.act(stranger, id, action)).status).toBe(404);
    }
    expect((await on.request(id, today, stranger)).status).toBe(404);
    expect(await on.riskOf(id)).toMatchObject({ acceptanceRequested: true });
  });

  it('is told in history and audit log, found by filter, and paged through', async () => {
    const id = await on.accepted(inDays(9));
    await on.request(id);
    const { body: waiting } = await analyst.get('/api/v1/risks?acceptanceRequested=true&limit=200');
    expect(waiting.items.map((risk: RiskResponse) => risk.id)).toContain(id);
    const { body } = await analyst.get(`/api/v1/risks/${id}/history?limit=4`);
    expect(body.items).toMatchObject([
      {
        comment: `Acceptance until ${inDays(100)} requested.`,
        changes: [{ field: 'acceptanceRequested', after: true }],
      },
      { action: 'TRANSITIONED' },
      {
        ...{ action: 'UPDATED', comment: `Acceptance until ${inDays(9)} approved.` },
        changes: [{ field: 'acceptanceRequested' }, { field: 'acceptedUntil', before: null, after: inDays(9) }],
      },
      { actor: { id: app.acme.userIds.analyst } },
    ]);
    const approvals = await auditEntries(app, app.acme, 'acceptance.approve');
    expect(approvals.filter(({ resourceId }) => resourceId === id)).toMatchObject([
      { actorId: app.acme.userIds.manager, details: { validUntil: inDays(9) } },
    ]);
    const path = `/api/v1/risks/${id}/acceptance?limit=1&total=true`;
    const first = (await analyst.get(path)).body;
    const second = (await analyst.get(`${path}&cursor=${first.page.nextCursor}`)).body;
    expect([first.total, first.items[0].status, second.items[0].status]).toEqual([2, 'PENDING', 'APPROVED']);
    expect((await analyst.get(`/api/v1/risks/${id}/acceptance?status=APPROVED`)).body.items).toEqual(second.items);
  });
});
