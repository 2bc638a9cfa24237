import fc from 'fast-check';
import { INITIAL_STATUSES } from '../../src/risk/lifecycle/risk-lifecycle';
import { RISK_LIMITS, TREATMENTS } from '../../src/risk/risk-terms';
import type { CreateRisk, RiskResponse } from '../../src/risk/risk.dto';
import { addRisk, ifVersion } from '../factories/risk';
import type { ApiAnswer, ApiClient } from '../support/api-client';
import { withClient } from '../support/open-database';
import { patienceMs, rounds } from '../support/rounds';
import { createTestApp, type TestApp } from '../support/test-app';

/** What an import takes of a risk, besides what it is known by. */
const fields = [
  ...(['title', 'description', 'category', 'probability', 'impact', 'status', 'treatment'] as const),
  ...(['residualProbability', 'residualImpact', 'targetProbability', 'targetImpact'] as const),
  ...(['dueDate', 'nextReviewAt', 'reviewCadenceDays', 'tags', 'frameworks', 'customFields'] as const),
];
const formats = ['csv', 'xlsx', 'json', 'oscal'] as const;

/** Where readers of CSV, spreadsheets and XML see something else than text. */
const traps = [
  ...['=', "'=", "''@", "'", '-', '+1', '\t@', '["', '["a"]', '[', '{', '"', ';', '|', ',', '\n', '\r', '\r\n', '\\'],
  ...[
    '_x000D_',
    '_',
    '&amp;',
    '<',
    ']]>',
    'n/a',
    'null',
    'true',
    '1e3',
    '03/04/2025',
    '＝',
    '🦊',
    'é',
    '\u2028',
    '\u0001',
  ],
];
const unit = fc.oneof(
  fc.constantFrom(...traps),
  fc.constantFrom(...'abc 019'),
  fc.string({ unit: 'binary', maxLength: 1 }),
);
/** Characters are counted, not halves of them. */
const text = (min: number, max: number): fc.Arbitrary<string> =>
  fc
    .array(unit, { minLength: min, maxLength: 12 })
    .map((units) => [...units.join('').replaceAll('\0', '')].slice(0, max).join('').trim())
    .filter((value) => value.length >= min);
const longest = (max: number): fc.Arbitrary<string> => fc.constantFrom('🦊', '=', 'é').map((one) => one.repeat(max));
const textUpTo = (min: number, max: number): fc.Arbitrary<string> =>
  fc.oneof({ weight: 9, arbitrary: text(min, max) }, { weight: 1, arbitrary: longest(max) });
const rating = fc.integer({ min: 1, max: 5 });
const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const tags = fc.uniqueArray(text(1, RISK_LIMITS.tag), { maxLength: 5 });
const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const number = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0);
const customFields = fc.record(
  {
    ...{ aText: text(1, 50), aTextarea: text(1, 200), aNumber: number, aChoice: fc.constantFrom('a;b', 'c') },
    ...{
      aDate: day,
      aCheckbox: fc.boolean(),
      'free.text-1': text(0, 20),
      freeNumber: fc.integer(),
      freeFlag: fc.boolean(),
    },
  },
  { requiredKeys: [] },
);

const risk: fc.Arbitrary<CreateRisk> = fc
  .record({
    // Same titles now and then.
    title: fc.oneof(fc.constantFrom('Fire', '=1+1'), textUpTo(1, RISK_LIMITS.title)),
    description: fc.oneof(fc.constant(''), textUpTo(1, 1000)),
    category: orNull(textUpTo(1, RISK_LIMITS.category)),
    ...{
      probability: rating,
      impact: rating,
      residual: orNull(fc.tuple(rating, rating)),
      target: orNull(fc.tuple(rating, rating)),
    },
    ...{ status: fc.constantFrom(...INITIAL_STATUSES), treatment: orNull(fc.constantFrom(...TREATMENTS)) },
    ...{ dueDate: orNull(day), nextReviewAt: day, reviewCadenceDays: orNull(fc.integer({ min: 1, max: 3650 })) },
    ...{ tags, frameworks: tags, customFields },
    externalId: orNull(
      fc.oneof(fc.constantFrom('n/a', '-', 'none', "'=1", 'requires login'), textUpTo(1, RISK_LIMITS.externalId)),
    ),
  })
  .map(({ residual, target, ...given }) => ({
    ...given,
    ...{ residualProbability: residual?.[0] ?? null, residualImpact: residual?.[1] ?? null },
    ...{ targetProbability: target?.[0] ?? null, targetImpact: target?.[1] ?? null },
  }));
const register = fc.uniqueArray(risk, {
  ...{ minLength: 1, maxLength: 8 },
  selector: ({ externalId }) => externalId ?? Symbol('without one'),
});

describe('what was exported', () => {
  let app: TestApp;
  let here: ApiClient;
  let there: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ env: { CACHE_STORE: 'none' } });
    [here, there] = [app.as('admin'), app.as('admin', app.globex)];
    for (const client of [here, there]) {
      for (const type of ['text', 'textarea', 'number', 'choice', 'date', 'checkbox']) {
        const key = `a${type[0]?.toUpperCase()}${type.slice(1)}`;
        const choices = type === 'choice' ? { choices: ['a;b', 'c'] } : {};
        expect((await client.post('/api/v1/custom-fields', { key, label: key, type, ...choices })).status).toBe(201);
      }
    }
  });
  afterAll(() => app.close());

  const exported = async (format: string): Promise<Buffer> => {
    const headers = { authorization: `Bearer ${here.token ?? ''}` };
    const response = await fetch(`${app.url}/api/v1/risks/export?format=${format}`, { headers });
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  };
  const imported = async (client: ApiClient, file: Buffer): Promise<ApiAnswer['body']> => {
    const answer = await client.post('/api/v1/risks/import', file, { 'content-type': 'application/octet-stream' });
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    return answer.body;
  };
  const listed = async (client: ApiClient): Promise<RiskResponse[]> =>
    (await client.get('/api/v1/risks?limit=200')).body.items as RiskResponse[];
  const emptied = (): Promise<unknown> =>
    withClient(app.database.adminUrl, (sql) => sql.query('TRUNCATE risks, risk_tallies CASCADE'));
  /** By what it is known by in the other register. */
  const contents = (risks: readonly RiskResponse[]): Record<string, object> =>
    Object.fromEntries(
      risks.map((one) => [one.externalId ?? one.id, Object.fromEntries(fields.map((field) => [field, one[field]]))]),
    );

  const comesBack = async (risks: readonly CreateRisk[]): Promise<void> => {
    const operations = risks.map((given) => ({ op: 'create', risk: given }));
    const made = await here.post('/api/v1/risks/bulk', { operations });
    expect([made.status, made.text]).toEqual([200, expect.any(String)]);
    const before = contents(await listed(here));
    const none = { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 };
    for (const format of formats) {
      const file = await exported(format);
      expect((await imported(there, file)).counts).toMatchObject({ ...none, created: risks.length });
      expect(contents(await listed(there))).toEqual(before);
      for (const client of [there, here]) {
        expect((await imported(client, file)).counts).toMatchObject({ ...none, unchanged: risks.length });
      }
      await withClient(app.database.adminUrl, (sql) =>
        sql.query('DELETE FROM risks WHERE tenant_id = $1', [app.globex.id]),
      );
    }
  };

  it(
    'is the same in another register, whatever it is and by whichever file it came',
    () =>
      fc.assert(
        fc.asyncProperty(register, (risks) => comesBack(risks).finally(emptied)),
        { seed: 20_261_121, ...rounds(8) },
      ),
    patienceMs(8),
  );

  it('changes the risks it came from, when somebody has worked on the file', async () => {
    const { id } = await addRisk(here, { title: 'Fire', tags: ['a;b'] });
    await addRisk(here, { title: 'Fire' });
    const file = String(await exported('csv')).replaceAll('Fire', 'Blaze');
    expect((await imported(here, Buffer.from(file))).counts).toMatchObject({ rows: 2, updated: 2 });
    const { body } = await here.get(`/api/v1/risks/${id}`);
    expect(body).toMatchObject({ title: 'Blaze', tags: ['a;b'], source: 'MANUAL', externalId: null, version: 2 });
    // What is deleted here stays deleted; of two rows about one risk the later is a problem.
    await here.delete(`/api/v1/risks/${id}`, ifVersion(2));
    const twice = `id,title,probability,impact,externalId\n${id},x,1,1,\n${id},x,1,1,other\n`;
    const { counts, rows } = await imported(here, Buffer.from(twice));
    expect(counts).toMatchObject({ rows: 2, skipped: 1, failed: 1 });
    expect(rows[1].problems).toMatchObject([{ pointer: '/id', code: 'repeated' }]);
    await emptied();
  });

  describe('as an OSCAL plan', () => {
    interface Plan {
      risks: { title: string; status: string; remarks?: string; props?: { value: string }[] }[];
    }
    const worked = async (work: (risk: Plan['risks'][number]) => void): Promise<Buffer> => {
      const file = JSON.parse(String(await exported('oscal'))) as { 'plan-of-action-and-milestones': Plan };
      file['plan-of-action-and-milestones'].risks.forEach(work);
      return Buffer.from(JSON.stringify(file));
    };
    const given = { description: 'Two\nlines', probability: 2, impact: 4, dueDate: '2030-06-30', tags: ['a;b\u2028c'] };
    let id: string;
    beforeEach(async () => {
      ({ id } = await addRisk(here, { title: 'Fire', ...given, treatment: 'TRANSFER' }));
    });
    afterEach(() => emptied());

    it('changes the risks it came from, and keeps what OSCAL has no place for', async () => {
      const file = await worked((risk) => Object.assign(risk, { title: 'Blaze', remarks: 'Seen.' }));
      expect((await imported(here, file)).counts).toMatchObject({ rows: 1, updated: 1 });
      const description = 'Two\nlines\n\nRemarks: Seen.';
      const { body } = await here.get(`/api/v1/risks/${id}`);
      expect(body).toMatchObject({ ...given, title: 'Blaze', description, treatment: 'TRANSFER', status: 'DRAFT' });
    });

    it('says the status that somebody has written there, or the nearest one that an import may set', async () => {
      const file = await worked((risk) => Object.assign(risk, { status: 'remediating' }));
      await imported(there, file);
      expect(await listed(there)).toMatchObject([{ ...given, status: 'ASSESSED', treatment: 'MITIGATE' }]);
      await here.post(`/api/v1/risks/${id}/acceptance`, { justification: 'x', validUntil: '2999-01-01' }, ifVersion(1));
      const requested = await imported(here, await exported('oscal'));
      expect(requested).toMatchObject({ counts: { unchanged: 1 }, unreadFields: [] });
    });

    it('is anybody’s plan without our property, or with one that was spoiled', async () => {
      const spoiled = [undefined, [], [{ value: '[1]' }], [{ value: '{' }], [{ value: 'null' }]];
      for (const props of spoiled) {
        const file = await worked((risk) => {
          risk.props = props?.map((one) => ({ ...risk.props?.[0], ...one })) ?? [];
        });
        await imported(there, file);
        expect(await listed(there)).toMatchObject([{ ...given, tags: [], treatment: null, status: 'IDENTIFIED' }]);
      }
      const hostile = await worked((risk) => {
        const [property = { value: '' }] = risk.props ?? [];
        property.value = property.value.replace('"tags":', '"score":9,"__proto__":{},"tags":[{}],"was":');
      });
      const answer = await there.post('/api/v1/risks/import', hostile, { 'content-type': 'application/octet-stream' });
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/rows/1/tags' }] } });
    });
  });
});
