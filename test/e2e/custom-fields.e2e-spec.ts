import type { CustomFieldResponse } from '../../src/risk/custom-fields/custom-field.dto';
import { addRisk, ifVersion, problemIn } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { customMember } from '../support/custom-member';
import { createTestApp, type TestApp } from '../support/test-app';

const path = '/api/v1/custom-fields';
const risks = '/api/v1/risks';

describe('custom fields', () => {
  let app: TestApp;
  let admin: ApiClient;
  beforeEach(async () => {
    app = await createTestApp();
    admin = app.as('admin');
  });
  afterEach(() => app.close());

  const define = async (given: object): Promise<CustomFieldResponse> => {
    const answer = await admin.post(path, { label: 'Field', ...given });
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    return answer.body as CustomFieldResponse;
  };
  const add = (customFields: object, client = admin): Promise<ApiAnswer> =>
    client.post(risks, { title: 'x', probability: 1, impact: 1, customFields });
  const pointers = ({ body }: ApiAnswer): string[] =>
    ((body.errors ?? []) as { pointer: string }[]).map(({ pointer }) => pointer);

  it('are defined, listed in their order, changed and deleted; reads are fresh after each', async () => {
    const late = await define({ key: 'late', type: 'number', position: 9, min: 1 });
    const early = await define({ key: 'early', type: 'choice', choices: ['a', 'b'] });
    expect(late).toMatchObject({ required: false, min: 1, max: null, pattern: null, choices: [], version: 1 });
    expect((await admin.get(`${path}?total=true`)).body).toMatchObject({ items: [early, late], total: 2 });
    expect(problemIn(await admin.post(path, { key: 'late', label: 'x', type: 'text' })).status).toBe(409);
    const changed = await admin.patch(`${path}/${late.id}`, { position: 0, min: null, max: 5 }, ifVersion(1));
    expect(changed.body).toMatchObject({ position: 0, min: null, max: 5, version: 2 });
    expect((await admin.get(path)).body.items.map(({ key }: CustomFieldResponse) => key)).toEqual(['late', 'early']);
    expect((await admin.get(`${path}/${late.id}`)).body).toEqual(changed.body);
    expect((await admin.patch(`${path}/${late.id}`, { max: 6 }, ifVersion(1))).status).toBe(412);
    expect((await admin.patch(`${path}/${late.id}`, { type: 'text' }, ifVersion(2))).status).toBe(422);
    expect((await admin.delete(`${path}/${early.id}`, ifVersion(1))).status).toBe(204);
    expect((await admin.get(path)).body.items).toHaveLength(1);
  });

  it('hold what risks are given against the definition, and leave other names free', async () => {
    await define({ key: 'units', type: 'number', min: 1, max: 10 });
    await define({ key: 'code', type: 'text', pattern: '[A-Z]{2}-\\d+', max: 6 });
    await define({ key: 'region', type: 'choice', choices: ['EMEA', 'APAC'] });
    await define({ key: 'since', type: 'date' });
    await define({ key: 'signed', type: 'checkbox' });
    const good = { units: 10, code: 'AB-12', region: 'EMEA', since: '2026-02-28', signed: false, free: 'anything' };
    const made = await add(good);
    expect([made.status, made.body.customFields]).toEqual([201, good]);
    const bad = { units: 11, code: 'xAB-12', region: 'Mars', since: '2026-02-30', signed: 'yes', free: 1 };
    const refused = await add(bad);
    expect(refused.status).toBe(422);
    expect(pointers(refused)).toEqual(
      ['units', 'code', 'region', 'since', 'signed'].map((key) => `/customFields/${key}`),
    );
    const changed = await admin.patch(`${risks}/${made.body.id}`, { customFields: { units: 0 } }, ifVersion(1));
    expect([changed.status, pointers(changed)]).toEqual([422, ['/customFields/units']]);
    const removed = await admin.patch(`${risks}/${made.body.id}`, { customFields: { units: null } }, ifVersion(1));
    expect(removed.body.customFields).not.toHaveProperty('units');
  });

  it('that are required are demanded of new risks and cannot be removed; others may still be changed', async () => {
    const old = await addRisk(admin);
    await define({ key: 'unit', type: 'text', required: true });
    expect(pointers(await add({}))).toEqual(['/customFields/unit']);
    expect(pointers(await admin.post(risks, { title: 'x', probability: 1, impact: 1 }))).toEqual([
      '/customFields/unit',
    ]);
    const made = (await add({ unit: 'Payments' })).body;
    expect((await admin.patch(`${risks}/${made.id}`, { customFields: { unit: null } }, ifVersion(1))).status).toBe(422);
    expect((await admin.patch(`${risks}/${old.id}`, { title: 'Changed' }, ifVersion(1))).status).toBe(200);
    const operations = [{ op: 'create', risk: { title: 'x', probability: 1, impact: 1 } }];
    const bulk = await admin.post(`${risks}/bulk`, { atomic: false, operations });
    expect(bulk.body.results[0].problem.errors).toMatchObject([{ pointer: '/operations/0/risk/customFields/unit' }]);
  });

  it('refuse rows of an import whose values they do not allow, and require nothing of it', async () => {
    await define({ key: 'unit', type: 'number', required: true });
    const rows = [
      { title: 'good', probability: 1, impact: 1, externalId: '1', customFields: { unit: 5 } },
      { title: 'without', probability: 1, impact: 1, externalId: '2' },
      { title: 'bad', probability: 1, impact: 1, externalId: '3', customFields: { unit: 'five' } },
    ];
    const { status, body } = await admin.post(`${risks}/import`, { risks: rows });
    expect([status, body.counts]).toEqual([200, expect.objectContaining({ created: 2, failed: 1 })]);
    expect(JSON.stringify(body)).toContain('/customFields/unit');
  });

  it('leave what risks hold when their definition goes', async () => {
    const field = await define({ key: 'unit', type: 'number' });
    const made = (await add({ unit: 5 })).body;
    await admin.delete(`${path}/${field.id}`, ifVersion(1));
    expect((await admin.get(`${risks}/${made.id}`)).body.customFields).toEqual({ unit: 5 });
    expect((await admin.patch(`${risks}/${made.id}`, { customFields: { unit: 'five' } }, ifVersion(1))).status).toBe(
      200,
    );
  });

  it.each([
    [{ type: 'number', min: 5, max: 1 }, '/min'],
    [{ type: 'text', min: -1 }, '/min'],
    [{ type: 'text', pattern: '(' }, '/pattern'],
    [{ type: 'text', pattern: '(a)\\1' }, '/pattern'],
    [{ type: 'text', pattern: '\\pL{0,1000}'.repeat(16) }, '/pattern'],
    [{ type: 'text', pattern: '((a{1,30}){1,30})d' }, '/pattern'],
    [{ type: 'number', pattern: 'a' }, '/pattern'],
    [{ type: 'choice' }, '/choices'],
    [{ type: 'text', choices: ['a'] }, '/choices'],
    [{ type: 'date', max: 1 }, '/max'],
    [{ type: 'colour' }, '/type'],
    [{ type: 'text', key: '1a' }, '/key'],
    [{ type: 'text', key: 'constructor' }, '/key'],
    [{ type: 'text', key: 'toString' }, '/key'],
  ])('refuse what contradicts itself: %j', async (given, pointer) => {
    const answer = await admin.post(path, { key: 'k', label: 'x', ...given });
    expect([answer.status, pointers(answer)]).toEqual([422, [pointer]]);
  });

  it('match texts in a time that grows with their length only', async () => {
    await define({ key: 'slow', type: 'text', pattern: '(a+)+b|(a*)*c|(a|aa)+d' });
    const started = performance.now();
    expect((await add({ slow: 'a'.repeat(1000) })).status).toBe(422);
    // Backtracking would take longer than there is.
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('are for those whose risk:admin reaches the whole tenant', async () => {
    const { client } = await customMember(app, app.acme, ['risk:admin:own', 'risk:read:own', 'risk:create:own']);
    const answer = await client.post(path, { key: 'k', label: 'x', type: 'text' });
    expect([answer.status, answer.body.permission]).toEqual([403, 'risk:admin']);
    expect((await client.get(path)).status).toBe(200);
    expect((await app.as('manager').post(path, { key: 'k', label: 'x', type: 'text' })).status).toBe(403);
    await define({ key: 'k', type: 'number' });
    expect((await add({ k: 'text' }, client)).status).toBe(422);
    expect((await add({ k: 'text' }, app.as('admin', app.globex))).status).toBe(201);
  });

  it('are 50 at most', async () => {
    for (let count = 0; count < 50; count++) await define({ key: `k${count}`, type: 'text' });
    expect(problemIn(await admin.post(path, { key: 'more', label: 'x', type: 'text' }))).toEqual({
      ...{ status: 409, code: 'custom-field.too-many' },
    });
  });
});
