import { addMitigation, addSubAction } from '../factories/mitigation';
import { addRisk } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { createTestApp, type TestApp } from '../support/test-app';

const mitigations = '/api/v1/mitigations';
const json = { 'content-type': 'application/json' };
const any = { 'if-match': '*' };

describe('hostile input about mitigations', () => {
  let app: TestApp;
  let analyst: ApiClient;
  let riskId: string;
  let id: string;
  let sid: string;

  beforeAll(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
    riskId = (await addRisk(analyst)).id;
    for (let index = 0; index < 3; index++) id = (await addMitigation(analyst, riskId)).id;
    sid = (await addSubAction(analyst, id)).id;
    await addSubAction(analyst, id);
    const stranger = app.as('analyst', app.globex);
    const theirs = (await addRisk(stranger)).id;
    for (let index = 0; index < 2; index++) await addMitigation(stranger, theirs);
  });
  afterAll(async () => {
    const failures = app.logs().match(/^.*"level":"(error|fatal)".*$/gm) ?? [];
    await app.close();
    expect(failures).toEqual([]);
  });

  const writes = (): [method: string, path: string][] => [
    ['POST', `/api/v1/risks/${riskId}/mitigations`],
    ['PATCH', `${mitigations}/${id}`],
    ['POST', `${mitigations}/${id}/sub-actions`],
    ['PATCH', `${mitigations}/${id}/sub-actions/${sid}`],
  ];

  const bodies: [body: string, status: number][] = [
    ['', 400],
    ['{"title":', 400],
    ['{"title":"t","cost":NaN}', 400],
    ['[]', 422],
    ['null', 422],
    ['{"title":"t","__proto__":{"done":true}}', 422],
    ['{"title":"t","constructor":{"prototype":{"done":true}}}', 422],
    ['{"title":"t","title":"u"}', 422],
    ['{"title":"t","tenantId":"01890a5d-ac96-774b-bcce-b302099a8057"}', 422],
    ['{"title":"t","version":1}', 422],
    ['{"title":["t"]}', 422],
    ['{"title":{"$ne":null}}', 422],
    ['{"title":"\\u0000"}', 422],
    ['{"title":"\\ud800"}', 422],
    [`{"title":"${'\u{1F512}'.repeat(256)}"}`, 422],
    [`{"title":"${'t'.repeat(300_000)}"}`, 413],
  ];
  it.each(bodies.map((each) => [each[0].slice(0, 60), ...each] as const))(
    'in bodies is refused: %s',
    async (_name, body, status) => {
      for (const [method, path] of writes())
        expectProblem(await analyst.send(method, path, body, { ...json, ...any }), status);
    },
  );

  it.each([
    '{"cost":1e400}',
    '{"cost":2.5}',
    '{"cost":"1"}',
    '{"durationDays":99999999999}',
    '{"progress":-1}',
    '{"dueDate":"infinity"}',
    '{"dueDate":"2026-01-01T00:00:00Z"}',
    '{"assigneeId":""}',
    '{"assigneeId":"01890A5D-AC96-774B-BCCE-B302099A8057"}',
    '{"status":"done"}',
    '{"status":["DONE"]}',
    '{"status":"constructor"}',
  ])('in changes is refused: %s', async (body) => {
    const answer = await analyst.send('PATCH', `${mitigations}/${id}`, body, { ...json, ...any });
    expect([400, 422]).toContain(expectProblem(answer, answer.status)['status']);
  });

  it('keeps nothing of what it refused, and keeps a title as it was sent', async () => {
    expect((await analyst.get(`${mitigations}?total=true`)).body.total).toBe(3);
    expect((await analyst.get(`${mitigations}/${id}`)).body).toMatchObject({ version: 3, subActionCount: 2 });
    for (const title of [
      '\u{1F512}'.repeat(255),
      `'; DROP TABLE mitigations; --`,
      '<script>alert(1)</script>',
      '=1+1',
    ]) {
      expect((await analyst.patch(`${mitigations}/${id}`, { title }, any)).body.title).toBe(title);
      expect((await analyst.patch(`${mitigations}/${id}/sub-actions/${sid}`, { title })).body.title).toBe(title);
    }
  });

  it.each([
    ...[
      '__proto__=1',
      'tenantId=1',
      'q=',
      'q=%00',
      'q=%ff',
      'q=a&q=b',
      `q=${'a'.repeat(201)}`,
      'limit=1e1',
      'limit=201',
    ],
    ...[
      'sort=created_at',
      'sort=m.id',
      'sort=title;--',
      'sort=constructor',
      'status=DONE,DONE',
      'status=',
      'overdue=1',
    ],
    ...[
      'assigneeId=x',
      'riskId=null',
      `riskId=${'01890a5d-ac96-774b-bcce-b302099a8057,'.repeat(21)}`,
      'page=0',
      'cursor=AAAA',
    ],
  ])('in queries is refused: ?%s', async (query) => {
    expectProblem(await analyst.get(`${mitigations}?${query}`), 400);
  });

  it('in cursors is refused: of another list, another sort, another tenant, or changed', async () => {
    const cursorOf = async (path: string, client = analyst): Promise<string> => {
      const { page } = (await client.get(`${path}limit=1`)).body as { page: { nextCursor: string } };
      return page.nextCursor;
    };
    const lists = [`${mitigations}?`, `/api/v1/risks/${riskId}/mitigations?`, `${mitigations}/${id}/sub-actions?`];
    const cursors = await Promise.all(lists.map((path) => cursorOf(path)));
    for (const [index, path] of lists.entries()) {
      for (const [other, cursor] of cursors.entries()) {
        expect((await analyst.get(`${path}limit=1&cursor=${cursor}`)).status).toBe(index === other ? 200 : 400);
      }
    }
    const [cursor = ''] = cursors;
    const foreign = await cursorOf(`${mitigations}?`, app.as('analyst', app.globex));
    for (const query of [
      `cursor=${foreign}`,
      `sort=title&cursor=${cursor}`,
      `q=M&cursor=${cursor}`,
      `cursor=${cursor}A`,
    ]) {
      expectProblem(await analyst.get(`${mitigations}?limit=1&${query}`), 400);
    }
  });

  it.each(["1'--", 'A'.repeat(36), '01890A5D-AC96-774B-BCCE-B302099A8057', '%00', '__proto__', 'Recommended'])(
    'in paths is refused: %s',
    async (odd) => {
      for (const path of [
        `${mitigations}/${odd}`,
        `${mitigations}/${odd}/sub-actions`,
        `/api/v1/risks/${odd}/mitigations`,
      ]) {
        expectProblem(await analyst.get(path), 400);
      }
      expectProblem(await analyst.patch(`${mitigations}/${id}/sub-actions/${odd}`, { done: true }), 400);
    },
  );
});
