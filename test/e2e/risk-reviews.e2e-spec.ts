import { randomUUID } from 'node:crypto';
import { daysBefore, utcToday } from '../../src/http/period';
import type { OverdueReviewResponse, ReviewResponse } from '../../src/risk/reviews/review.dto';
import type { RiskResponse } from '../../src/risk/risk.dto';
import { addRisk, ifVersion } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { customMember } from '../support/custom-member';
import { auditEntries } from '../support/members';
import { createTestApp, type TestApp } from '../support/test-app';

const any = { 'if-match': '*' };
const today = utcToday();
const inDays = (days: number): string => daysBefore(today, -days);

describe('the review of a risk', () => {
  let app: TestApp;
  let analyst: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
  });
  afterAll(() => app.close());

  const riskOf = async (id: string): Promise<RiskResponse> =>
    (await analyst.get(`/api/v1/risks/${id}`)).body as RiskResponse;
  const review = (id: string, body: object, headers: Record<string, string> = any): Promise<ApiAnswer> =>
    analyst.post(`/api/v1/risks/${id}/review`, body, headers);
  const overdue = async (client = analyst, query = 'limit=200'): Promise<ApiAnswer['body']> =>
    (await client.get(`/api/v1/risks/reviews/overdue?${query}`)).body;
  const idsIn = ({ items }: ApiAnswer['body']): string[] =>
    (items as OverdueReviewResponse[]).map((each) => each.riskId);

  it('is due as the severity of a new risk asks for, or its own cadence, or as somebody says', async () => {
    expect(await addRisk(analyst)).toMatchObject({
      severity: 'LOW',
      nextReviewAt: inDays(365),
      reviewCadenceDays: null,
    });
    expect(await addRisk(analyst, { probability: 5, impact: 5 })).toMatchObject({ nextReviewAt: inDays(30) });
    expect(await addRisk(analyst, { reviewCadenceDays: 7 })).toMatchObject({ nextReviewAt: inDays(7) });
    expect(await addRisk(analyst, { nextReviewAt: '2040-01-01' })).toMatchObject({ nextReviewAt: '2040-01-01' });
    expect(await addRisk(analyst, { nextReviewAt: null })).toMatchObject({ nextReviewAt: null });
  });

  it('comes forward when the risk gets worse, and is put off by nothing but a review', async () => {
    const { id } = await addRisk(analyst);
    const change = async (body: object): Promise<RiskResponse> =>
      (await analyst.patch(`/api/v1/risks/${id}`, body, any)).body as RiskResponse;
    expect(await change({ probability: 5, impact: 5 })).toMatchObject({ nextReviewAt: inDays(30) });
    expect(await change({ probability: 1, impact: 1 })).toMatchObject({ nextReviewAt: inDays(30) });
    expect(await change({ reviewCadenceDays: 10 })).toMatchObject({ nextReviewAt: inDays(10) });
    expect(await change({ reviewCadenceDays: 1000 })).toMatchObject({ nextReviewAt: inDays(10) });
    expect((await review(id, { outcome: 'CONFIRMED' })).body).toMatchObject({ nextReviewAt: inDays(1000) });
    expect(await riskOf(id)).toMatchObject({ nextReviewAt: inDays(1000) });
    const admin = app.as('admin');
    const { body: asset } = await admin.post('/api/v1/assets', { name: 'Press', type: 'Machine', criticality: 'LOW' });
    const exposed = await addRisk(analyst, { probability: 4, impact: 4, assetIds: [asset.id] });
    expect(exposed).toMatchObject({ severity: 'MEDIUM', nextReviewAt: inDays(180) });
    await admin.patch(`/api/v1/assets/${asset.id}`, { criticality: 'CRITICAL' }, any);
    expect(await riskOf(exposed.id)).toMatchObject({ severity: 'CRITICAL', nextReviewAt: inDays(30) });
    // What is deleted meanwhile is rated when it is restored.
    const { body: machine } = await admin.post('/api/v1/assets', {
      name: 'Lathe',
      type: 'Machine',
      criticality: 'LOW',
    });
    const buried = await addRisk(analyst, { probability: 4, impact: 4, assetIds: [machine.id] });
    await admin.delete(`/api/v1/risks/${buried.id}`, any);
    await admin.patch(`/api/v1/assets/${machine.id}`, { criticality: 'CRITICAL' }, any);
    const { body: restored } = await admin.post(`/api/v1/risks/${buried.id}/restore`);
    expect(restored).toMatchObject({ severity: 'CRITICAL', nextReviewAt: inDays(30) });
    for (const reviewCadenceDays of [0, 3651, 1.5, '7']) {
      expect((await analyst.patch(`/api/v1/risks/${id}`, { reviewCadenceDays }, any)).status).toBe(422);
    }
  });

  it('is recorded with who, what came of it and a note, and is told in history and audit log', async () => {
    const { id } = await addRisk(analyst);
    const answer = await review(
      id,
      { outcome: 'ESCALATED', note: 'To the board.', nextReviewAt: inDays(3) },
      ifVersion(1),
    );
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      ...{ riskId: id, riskVersion: 1, outcome: 'ESCALATED', note: 'To the board.', nextReviewAt: inDays(3) },
      reviewedBy: { id: app.acme.userIds.analyst, name: 'analyst of acme' },
    });
    expect(await riskOf(id)).toMatchObject({ version: 2, nextReviewAt: inDays(3) });
    const { body } = await analyst.get(`/api/v1/risks/${id}/history?limit=1`);
    expect(body.items).toMatchObject([
      { comment: 'Reviewed: ESCALATED.', changes: [{ field: 'nextReviewAt', before: inDays(365), after: inDays(3) }] },
    ]);
    const entries = await auditEntries(app, app.acme, 'risk.review');
    expect(entries.filter(({ resourceId }) => resourceId === id)).toMatchObject([
      { actorId: app.acme.userIds.analyst, details: { outcome: 'ESCALATED' } },
    ]);
  });

  it('is made once per idempotency key, of the version that was seen, with a next one that is ahead', async () => {
    const { id } = await addRisk(analyst);
    const body = { outcome: 'CONFIRMED' };
    expect((await analyst.post(`/api/v1/risks/${id}/review`, body)).status).toBe(428);
    const key = { ...ifVersion(1), 'idempotency-key': randomUUID() };
    await review(id, { ...body, nextReviewAt: inDays(50) }, key);
    expect((await review(id, { ...body, nextReviewAt: inDays(50) }, key)).status).toBe(201);
    expect((await review(id, body, ifVersion(1))).status).toBe(412);
    for (const nextReviewAt of [today, inDays(-1), 'soon']) {
      expect((await review(id, { ...body, nextReviewAt })).status).toBe(422);
    }
    expect((await review(id, { outcome: 'FINE' })).status).toBe(422);
    // One that changes no date is one all the same.
    await review(id, { ...body, nextReviewAt: inDays(50) });
    const { body: page } = await analyst.get(`/api/v1/risks/${id}/reviews?total=true&limit=1`);
    expect(page.total).toBe(2);
    const { body: next } = await analyst.get(`/api/v1/risks/${id}/reviews?limit=1&cursor=${page.page.nextCursor}`);
    expect([...page.items, ...next.items].map(({ riskVersion }: ReviewResponse) => riskVersion)).toEqual([2, 1]);
    expect(next.page.nextCursor).toBeNull();
  });

  it('is overdue from the day after it was due, until it is made', async () => {
    const [long, short, due, closed] = [
      await addRisk(analyst, { nextReviewAt: '2020-01-01' }),
      await addRisk(analyst, { nextReviewAt: inDays(-1) }),
      await addRisk(analyst, { nextReviewAt: today }),
      await addRisk(analyst, { nextReviewAt: '2020-01-01', status: 'CLOSED' }),
    ];
    const queue = await overdue(analyst, 'total=true');
    expect(idsIn(queue)).toEqual([long.id, short.id]);
    expect(queue.total).toBe(2);
    expect(queue.items[1]).toMatchObject({ title: short.title, overdueDays: 1, reviewedAt: null });
    expect([due.id, closed.id].some((id) => idsIn(queue).includes(id))).toBe(false);
    const first = await overdue(analyst, 'limit=1');
    expect(idsIn(await overdue(analyst, `limit=1&cursor=${first.page.nextCursor}`))).toEqual([short.id]);
    await review(long.id, { outcome: 'CONFIRMED' });
    expect(idsIn(await overdue())).toEqual([short.id]);
    await app.as('admin').delete(`/api/v1/risks/${short.id}`, any);
    expect(idsIn(await overdue())).toEqual([]);
  });

  it('is seen and made as far as permissions reach, and is nobody else’s business', async () => {
    const { client, userId } = await customMember(app, app.acme, ['risk:read:own', 'risk:update:own']);
    const mine = await addRisk(analyst, { nextReviewAt: '2021-01-01', ownerId: userId });
    const theirs = await addRisk(analyst, { nextReviewAt: '2021-01-01' });
    expect(idsIn(await overdue(client))).toEqual([mine.id]);
    expect(idsIn(await overdue())).toEqual(expect.arrayContaining([mine.id, theirs.id]));
    const outcome = { outcome: 'CONFIRMED' };
    expect((await client.post(`/api/v1/risks/${theirs.id}/review`, outcome, any)).status).toBe(404);
    expect((await client.get(`/api/v1/risks/${theirs.id}/reviews`)).status).toBe(404);
    expect((await client.post(`/api/v1/risks/${mine.id}/review`, outcome, any)).status).toBe(201);
    expect((await app.as('viewer').post(`/api/v1/risks/${mine.id}/review`, outcome, any)).status).toBe(403);
    const stranger = app.as('admin', app.globex);
    expect((await stranger.post(`/api/v1/risks/${mine.id}/review`, outcome, any)).status).toBe(404);
    expect((await stranger.get(`/api/v1/risks/${mine.id}/reviews`)).status).toBe(404);
    expect(idsIn(await overdue(stranger))).toEqual([]);
  });
});
