import type { ImportRow } from '../import-row';
import { readText } from '../read-import';

const risk = { title: 'Fire', probability: 2, impact: 5 };
const json = (...risks: object[]): readonly ImportRow[] => readText(Buffer.from(JSON.stringify(risks))).rows;
const change = (change: object): ImportRow | undefined =>
  json(risk, { title: 'Flood', probability: 1, impact: 1, ...change })[1];

const whole = {
  ...{ externalId: 'R-1', title: 'Fire', description: 'In the data centre', category: 'Physical' },
  ...{
    probability: 2,
    impact: 5,
    residualProbability: 1,
    residualImpact: 4,
    status: 'ASSESSED',
    treatment: 'MITIGATE',
  },
  ...{ tags: ['site', 'heat'], frameworks: ['ISO27001'], dueDate: '2025-06-30', nextReviewAt: '2026-01-01' },
  customFields: { insured: true, loss: 1.5 },
};

describe('the register’s own files', () => {
  it('carry every field in JSON, bare or as the API answers', () => {
    expect(json(whole)[0]?.candidate).toEqual(whole);
    for (const key of ['items', 'risks']) {
      expect(readText(Buffer.from(JSON.stringify({ [key]: [whole] }))).rows[0]?.candidate).toEqual(whole);
    }
  });

  it.each([
    [',', '|'],
    [';', '|'],
    ['\t', ';'],
  ])('carry every field in CSV with %j between cells and %j in lists', (delimiter, separator) => {
    const cells = Object.values(whole).map((value) => {
      if (Array.isArray(value)) return value.join(separator);
      return typeof value === 'object' ? `"${JSON.stringify(value).replaceAll('"', '""')}"` : String(value);
    });
    const file = `${Object.keys(whole).join(delimiter)}\n${cells.join(delimiter)}\n`;
    expect(readText(Buffer.from(file)).rows[0]?.candidate).toEqual(whole);
  });

  it('know their columns by any case and punctuation', () => {
    const file = 'Title;Probability;IMPACT;Due Date;next_review_at\nFire;2;5;31.01.2025;2025-02-01\n';
    expect(readText(Buffer.from(file)).rows[0]?.candidate).toMatchObject({
      dueDate: '2025-01-31',
      nextReviewAt: '2025-02-01',
    });
  });

  it('may contain what only the system sets, and say that it was not read', () => {
    const { rows, unread } = readText(Buffer.from(JSON.stringify([{ ...risk, score: 10, ownerId: null }])));
    expect(rows[0]?.problems).toEqual([]);
    expect(unread).toEqual(['score', 'ownerId']);
  });

  it('are known by the id that the register gave them, and then nothing stands for a missing external id', () => {
    const id = '01890a5d-ac96-774b-bcce-000000000001';
    expect(change({ id })?.candidate).toMatchObject({ riskId: id, externalId: id });
    expect(change({ id, externalId: 'n/a' })?.candidate).toMatchObject({ riskId: id, externalId: 'n/a' });
    expect(change({ id, title: 'Fire' })?.problems).toEqual([]);
    const own = change({ id: '17', externalId: 'n/a' });
    expect(own?.notices).toMatchObject([{ pointer: '/id', code: 'not-imported' }]);
    expect(own?.candidate).not.toHaveProperty('riskId');
    expect(own?.candidate?.externalId).toMatch(/^sha256-/);
  });

  it.each([
    ['["a;b","c|d"]', ['a;b', 'c|d']],
    ['["a"', ['["a"']],
    ['[x];y', ['[x]', 'y']],
    ['["a"];"b"]', ['["a"]', '"b"]']],
  ])('have the list %s in a cell', (cell, tags) => {
    const file = `title\tprobability\timpact\ttags\nFire\t2\t5\t"${cell.replaceAll('"', '""')}"\n`;
    expect(readText(Buffer.from(file)).rows[0]?.candidate?.tags).toEqual(tags);
  });

  it('lose the apostrophe that an export puts before a formula, and no other', () => {
    const file = "title,probability,impact,description\n'=1+1,2,5,'quoted'\n";
    expect(readText(Buffer.from(file)).rows[0]?.candidate).toMatchObject({ title: '=1+1', description: "'quoted'" });
  });

  it('are known by their title where they have no external id', () => {
    expect(change({ title: 'Fire' })?.problems).toMatchObject([
      { code: 'repeated', message: expect.stringContaining('row 1') },
    ]);
    expect(change({ title: 'Fire', externalId: 'R-2' })?.problems).toEqual([]);
  });

  it('are not searched for a usable tag in a list beyond reason', () => {
    const row = change({ tags: Array.from({ length: 5000 }, () => 'a') });
    expect(row?.problems).toMatchObject([{ pointer: '/tags', message: 'must have at most 1000 items' }]);
  });

  it('do not set a status that only transitions lead to', () => {
    const row = change({ status: 'MITIGATED' });
    expect(row?.candidate).toBeDefined();
    expect(row?.candidate).not.toHaveProperty('status');
    expect(row?.notices).toMatchObject([{ pointer: '/status', code: 'not-imported' }]);
  });

  it.each([
    ['no title', { title: '' }, '/title', 'required'],
    ['a long title', { title: 'x'.repeat(256) }, '/title', 'max-length'],
    ['a long description', { description: 'x'.repeat(20_001) }, '/description', 'max-length'],
    ['a long category', { category: 'x'.repeat(101) }, '/category', 'max-length'],
    ['no rating', { probability: null }, '/probability', 'required'],
    ['a rating beyond the scale', { impact: 6 }, '/impact', 'number-range'],
    ['a fraction', { impact: 2.5 }, '/impact', 'integer'],
    ['a huge number', { impact: 1e308 }, '/impact', 'number-range'],
    ['a word as rating', { impact: 'High' }, '/impact', 'number-range'],
    ['half a residual rating', { residualImpact: 2 }, '/residualProbability', 'required'],
    ['an unknown status', { status: 'DONE' }, '/status', 'choice'],
    ['an unknown treatment', { treatment: 'hope' }, '/treatment', 'choice'],
    ['an ambiguous date', { dueDate: '03/04/2025' }, '/dueDate', 'date'],
    ['a day that does not exist', { nextReviewAt: '2025-02-30' }, '/nextReviewAt', 'date'],
    ['too many tags', { tags: Array.from({ length: 51 }, (_, index) => `t${index}`) }, '/tags', 'max-items'],
    ['a long tag', { frameworks: ['x'.repeat(101)] }, '/frameworks', 'max-length'],
    ['an unknown field', { likelyhood: 3 }, '/likelyhood', 'unknown-field'],
    ['a nested custom field', { customFields: { a: {} } }, '/customFields', 'type'],
    ['a prototype among them', { customFields: JSON.parse('{"__proto__": 1}') as object }, '/customFields', 'type'],
    ['a constructor among them', { customFields: { constructor: 1 } }, '/customFields', 'type'],
    ['no object of them', { customFields: '[1]' }, '/customFields', 'type'],
    ['a NUL', { description: 'a\0' }, '/description', 'unsafe-text'],
  ])('with %s are the problem of that row', (_, part, pointer, code) => {
    const row = change(part);
    expect(row?.candidate).toBeUndefined();
    expect(row?.problems).toMatchObject([{ pointer, code }]);
  });
});
