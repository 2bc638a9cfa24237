import { randomUUID } from 'node:crypto';
import type { MitigationResponse } from '../../src/risk/mitigations/mitigation.dto';
import type { SubActionResponse } from '../../src/risk/mitigations/sub-actions/sub-action.dto';
import { addMitigation, addSubAction } from '../factories/mitigation';
import { addRisk, problemIn } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { createTestApp, type TestApp } from '../support/test-app';

const any = { 'if-match': '*' };

describe('the sub-actions of a mitigation', () => {
  let app: TestApp;
  let analyst: ApiClient;
  let path: string;

  beforeAll(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    path = `/api/v1/mitigations/${(await addMitigation(analyst, (await addRisk(analyst)).id, { progress: 10 })).id}`;
  });

  const mitigation = async (): Promise<MitigationResponse> => (await analyst.get(path)).body;
  const list = async (): Promise<SubActionResponse[]> => (await analyst.get(`${path}/sub-actions`)).body.items;
  const titles = async (): Promise<string> => (await list()).map(({ title }) => title).join('');
  const add = (title: string): Promise<SubActionResponse> => addSubAction(analyst, path.slice(-36), title);
  const change = (id: string, body: object): Promise<ApiAnswer> => analyst.patch(`${path}/sub-actions/${id}`, body);
  const remove = (id: string): Promise<ApiAnswer> => analyst.delete(`${path}/sub-actions/${id}`);

  it('decide its progress as soon as there are any', async () => {
    expect(await mitigation()).toMatchObject({ progress: 10, subActionCount: 0, version: 1 });
    const [a, b, c] = [await add('a'), await add('b'), await add('c')];
    expect(a).toMatchObject({ mitigationId: path.slice(-36), title: 'a', done: false, position: 0 });
    expect(await mitigation()).toMatchObject({ progress: 0, subActionCount: 3, subActionsDone: 0, version: 4 });
    expect((await change(a.id, { done: true })).body).toEqual({ ...a, done: true });
    expect(await mitigation()).toMatchObject({ progress: 33, subActionsDone: 1, version: 5 });
    await change(b.id, { done: true });
    expect(await mitigation()).toMatchObject({ progress: 67 });
    const refused = await analyst.patch(path, { progress: 80 }, any);
    expect(problemIn(refused)).toEqual({ status: 422, code: 'mitigation.progress-follows' });
    expect((await remove(c.id)).status).toBe(204);
    expect(await mitigation()).toMatchObject({ progress: 100, subActionCount: 2, version: 7 });
    await change(a.id, { done: false });
    await remove(a.id);
    await remove(b.id);
    // Nothing is left for it to follow from: it may be told again.
    expect(await mitigation()).toMatchObject({ progress: 100, subActionCount: 0 });
    expect((await analyst.patch(path, { progress: 20 }, any)).body).toMatchObject({ progress: 20 });
  });

  it('are renamed, ticked off and moved; what changes nothing makes no version', async () => {
    const [a, b, c] = [await add('a'), await add('b'), await add('c')];
    expect((await change(c.id, { position: 0 })).body).toEqual({ ...c, position: 0 });
    expect(await titles()).toBe('cab');
    await change(c.id, { position: 99 });
    expect(await titles()).toBe('abc');
    await change(a.id, { position: 1, title: 'A', done: true });
    expect(await titles()).toBe('bAc');
    await analyst.post(`${path}/sub-actions`, { title: 'x', position: 1, done: true });
    expect(await titles()).toBe('bxAc');
    expect((await list()).map(({ position, done }) => [position, done])).toEqual([
      [0, false],
      [1, true],
      [2, true],
      [3, false],
    ]);
    const { version } = await mitigation();
    await change(b.id, { position: 0, title: 'b', done: false });
    await change(b.id, {});
    expect((await mitigation()).version).toBe(version);
  });

  it('keep their mitigation from being DONE until all are, and stay as they are after it', async () => {
    const [a, b] = [await add('a'), await add('b')];
    const early = await analyst.patch(path, { status: 'DONE' }, any);
    expect(early.body).toMatchObject({
      code: 'mitigation.sub-actions-left',
      detail: expect.stringContaining('2 are not'),
    });
    await change(a.id, { done: true });
    await change(b.id, { done: true });
    expect((await analyst.patch(path, { status: 'DONE' }, any)).body).toMatchObject({ progress: 100 });
    for (const answer of [
      await change(a.id, { done: false }),
      await remove(a.id),
      await analyst.post(`${path}/sub-actions`, { title: 'late' }),
    ]) {
      expect(problemIn(answer)).toEqual({ status: 409, code: 'mitigation.over' });
    }
    await analyst.patch(path, { status: 'IN_PROGRESS' }, any);
    expect((await change(a.id, { done: false })).status).toBe(200);
    expect(await mitigation()).toMatchObject({ progress: 50, completedAt: null });
  });

  it('are a hundred at most, also when many add at once, and a key adds once', async () => {
    await Promise.all(Array.from({ length: 98 }, () => add('one of many')));
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => analyst.post(`${path}/sub-actions`, { title: 'x' })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 409, 409, 409]);
    const { body } = await analyst.get(`${path}/sub-actions?limit=200&total=true`);
    expect(body.total).toBe(100);
    expect(body.items.map(({ position }: SubActionResponse) => position)).toEqual(
      body.items.map((_: never, at: number) => at),
    );

    const [first] = body.items as SubActionResponse[];
    await remove(first!.id);
    const key = { 'idempotency-key': randomUUID() };
    const once = [1, 2].map(() => analyst.post(`${path}/sub-actions`, { title: 'last' }, key));
    expect((await Promise.all(once)).map(({ status }) => status)).not.toContain(500);
    expect((await mitigation()).subActionCount).toBe(100);
  });

  it('count right when all are ticked off at once', async () => {
    const steps = await Promise.all(Array.from({ length: 12 }, () => add('step')));
    const answers = await Promise.all(steps.map(({ id }) => change(id, { done: true })));
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(await mitigation()).toMatchObject({ progress: 100, subActionsDone: 12, version: 25 });
  });

  it('page in their order', async () => {
    for (const title of 'abcde') await add(title);
    const first = (await analyst.get(`${path}/sub-actions?limit=3`)).body;
    const second = (await analyst.get(`${path}/sub-actions?limit=3&cursor=${first.page.nextCursor}`)).body;
    expect([...first.items, ...second.items].map(({ title }: SubActionResponse) => title).join('')).toBe('abcde');
    expect(second.page.nextCursor).toBeNull();
  });

  it.each<[object, string]>([
    [{ title: '' }, '/title'],
    [{ title: null }, '/title'],
    [{ title: 'x', done: 'true' }, '/done'],
    [{ title: 'x', done: null }, '/done'],
    [{ title: 'x', position: -1 }, '/position'],
    [{ title: 'x', position: 100 }, '/position'],
    [{ title: 'x', id: randomUUID() }, '/id'],
    [{ title: '\u0000' }, '/title'],
  ])('refuse %j', async (body, pointer) => {
    const { id } = await add('a');
    const answers = [await analyst.post(`${path}/sub-actions`, body), await change(id, body)];
    for (const answer of answers) {
      expect(expectProblem(answer, 422).errors).toContainEqual(expect.objectContaining({ pointer }));
    }
    expect(await titles()).toBe('a');
  });

  it('are found under their own mitigation only', async () => {
    const { id } = await add('a');
    const elsewhere = (await addMitigation(analyst, (await addRisk(analyst)).id)).id;
    for (const answer of [
      await analyst.patch(`/api/v1/mitigations/${elsewhere}/sub-actions/${id}`, { done: true }),
      await analyst.delete(`/api/v1/mitigations/${elsewhere}/sub-actions/${id}`),
    ]) {
      expectProblem(answer, 404);
    }
    expect(
      expectProblem(await app.as('viewer').patch(`${path}/sub-actions/${id}`, { done: true }), 403)['permission'],
    ).toBe('mitigation:update');
    expect(await list()).toMatchObject([{ id, done: false }]);
  });

  it('are told of in the audit log of their mitigation', async () => {
    const { id } = await add('a');
    await change(id, { done: true });
    await remove(id);
    const { body } = await app
      .as('admin')
      .get(`/api/v1/audit-logs?resource=mitigation&resourceId=${path.slice(-36)}&limit=3`);
    expect(body.items).toMatchObject([
      { action: 'mitigation.delete-sub-action', details: { subActionId: id, title: 'a', done: true } },
      {
        action: 'mitigation.update-sub-action',
        details: { subActionId: id, before: { done: false }, after: { done: true } },
      },
      { action: 'mitigation.add-sub-action', details: { subActionId: id, title: 'a' } },
    ]);
  });
});
