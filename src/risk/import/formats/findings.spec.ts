import type { ImportRow } from '../import-row';
import { readText } from '../read-import';

const finding = { title: 'SQL injection', severity: 'High', description: 'In the login form.' };
const json = (...findings: object[]): readonly ImportRow[] => readText(Buffer.from(JSON.stringify({ findings }))).rows;
const csv = (text: string): readonly ImportRow[] => readText(Buffer.from(text)).rows;
const idOf = (change: object): string | undefined => json({ ...finding, ...change })[0]?.candidate?.externalId;

describe('findings', () => {
  it('become risks: severity is the impact, exploitation the probability, the rest is kept', () => {
    const [row] = json({
      ...finding,
      ...{ cve: 'CVE-2020-36234', cwe: 89, epss_score: 0.2, epss_percentile: '0.9', tags: ['web'], date: '01/30/2018' },
      ...{ mitigation: 'Bind parameters.', impact: 'All data', file_path: 'src/db.ts', line: 13, active: true },
      ...{ endpoints: ['https://a.example/x', { protocol: 'https', host: 'b.example', port: 8443, path: 'y' }] },
      ...{ planned_remediation_date: '2025-03-31', component_name: 'db', cvssv3: 'CVSS:3.1/AV:N' },
    });
    expect(row?.candidate).toMatchObject({
      title: 'SQL injection',
      description: [
        'In the login form.',
        'Impact: All data',
        'Mitigation: Bind parameters.',
        'Found at: src/db.ts:13\nhttps://a.example/x\nhttps://b.example:8443/y',
      ].join('\n\n'),
      category: 'Vulnerability',
      probability: 4,
      impact: 4,
      status: 'IDENTIFIED',
      tags: ['web', 'CVE-2020-36234', 'CWE-89'],
      dueDate: '2025-03-31',
      customFields: {
        cveId: 'CVE-2020-36234',
        cwe: 'CWE-89',
        epssScore: 0.2,
        epssPercentile: 0.9,
        foundOn: '2018-01-30',
      },
    });
    expect(row?.notices).toEqual([]);
  });

  it('say so when the probability had to be assumed', () => {
    expect(json(finding)[0]).toMatchObject({
      candidate: { probability: 3 },
      notices: [{ code: 'assumed-probability' }],
    });
  });

  it('without a severity are drafts with a tag, not silently low', () => {
    const [row] = csv('Title,Description,Severity,Date,Url\nTitle1,,,28/02/2021,www.example.com\n');
    expect(row?.candidate).toMatchObject({ status: 'DRAFT', impact: 3, tags: ['unrated'] });
    expect(row?.notices.map(({ code }) => code)).toContain('unrated');
  });

  it.each([
    ['is_mitigated', 'mitigated'],
    ['false_p', 'false-positive'],
    ['out_of_scope', 'out-of-scope'],
    ['duplicate', 'duplicate'],
  ])('with %s arrive closed and tagged', (flag, tag) => {
    expect(json({ ...finding, [flag]: true })[0]?.candidate).toMatchObject({ status: 'CLOSED', tags: [tag] });
    expect(json({ ...finding, [flag]: 'False' })[0]?.candidate).toMatchObject({ status: 'IDENTIFIED', tags: [] });
  });

  it('skip placeholders for numbers and take quoted numbers', () => {
    const [row] = json({ ...finding, cwe: 'N/A', cvssv3_score: 'N/A', epss_score: ' .00042 ', line: '42' });
    expect(row?.problems).toEqual([]);
    expect(row?.candidate?.customFields).toEqual({ epssScore: 0.00042 });
  });

  it.each([
    ['an unknown severity', { severity: 'Severe' }, '/severity', 'choice'],
    ['no title', { title: ' ' }, '/title', 'required'],
    ['a misspelt field', { severty: 'High' }, '/severty', 'unknown-field'],
    ['a prototype', JSON.parse('{"__proto__": 1}') as object, '/__proto__', 'unknown-field'],
    ['an impossible EPSS', { epss_score: 1e308 }, '/epss_score', 'number-range'],
    ['a number in words', { cwe: 'eighty-nine' }, '/cwe', 'number-range'],
    ['half a weakness', { cwe: 1.5 }, '/cwe', 'integer'],
    ['a bad date', { date: '2021-13-01' }, '/date', 'date'],
    ['a bad flag', { active: 'maybe' }, '/active', 'flag'],
    ['a NUL in a URL', { endpoints: ['a\0b'] }, '/endpoints', 'list'],
    ['a host of nothing', { endpoints: [{}] }, '/endpoints', 'list'],
    ['tags that are no texts', { tags: [{}] }, '/tags', 'list'],
  ])('with %s are the problem of their row', (_, change, pointer, code) => {
    const [, row] = json(finding, { ...finding, title: 'other', ...change });
    expect(row?.candidate).toBeUndefined();
    expect(row?.problems).toMatchObject([{ pointer, code }]);
  });

  it('that are not objects are the problem of their row', () => {
    const { rows } = readText(Buffer.from(JSON.stringify({ findings: [finding, null, 7, []] })));
    expect(rows.map(({ problems }) => problems[0]?.code)).toEqual([undefined, 'type', 'type', 'type']);
  });

  describe('identity', () => {
    it('is the tool’s own id where there is a real one', () => {
      expect(idOf({ unique_id_from_tool: '3287f2d0' })).toBe('3287f2d0');
      expect(idOf({ unique_id_from_tool: 'requires login' })).toBe(idOf({}));
      expect(idOf({ unique_id_from_tool: 'x'.repeat(256) })).toMatch(/^sha256-[0-9a-f]{64}$/);
    });

    it.each([
      ['severity', { severity: 'Low' }],
      ['line', { line: 99 }],
      ['component version', { component_version: '2' }],
      ['date', { date: '2025-01-01' }],
      ['EPSS', { epss_score: 0.9 }],
    ])('otherwise survives a change of the %s', (_, change) => {
      expect(idOf(change)).toBe(idOf({}));
    });

    it.each([
      ['file', { file_path: 'b.ts' }],
      ['component', { component_name: 'lodash' }],
      ['rule', { vuln_id_from_tool: 'RULE-1' }],
      ['CVE', { cve: 'CVE-2020-0001' }],
    ])('otherwise differs by %s', (_, change) => {
      expect(idOf(change)).not.toBe(idOf({}));
    });
  });

  it('in several places are one risk: worst rating, all places, open while one is open', () => {
    const rows = json(
      { ...finding, severity: 'Low', endpoints: ['a.example'], is_mitigated: true },
      { ...finding, severity: 'Critical', endpoints: ['b.example'], epss_score: 0.9 },
    );
    expect(rows[0]?.candidate).toMatchObject({ impact: 5, probability: 5, status: 'IDENTIFIED' });
    expect(rows[0]?.candidate?.description).toContain('Found at: a.example\nb.example');
    expect(rows[1]).toEqual({ row: 2, problems: [], notices: [], mergedInto: 1 });
  });

  it('under one id with different titles are not lost: the later one is a problem', () => {
    const [, second] = json(
      { ...finding, unique_id_from_tool: '7' },
      { ...finding, title: 'XSS', unique_id_from_tool: '7' },
    );
    expect(second?.problems).toMatchObject([{ code: 'repeated', message: expect.stringContaining('row 1') }]);
  });

  it('in CSV have their own column names, in any case and order, and may have columns of their own', () => {
    const file = 'severity, URL,Title,CweId,FalsePositive,MitigatedDate,Mine\nHigh,a.example,XSS,79,FALSE,,x\n';
    const { rows, unread } = readText(Buffer.from(file));
    expect(rows[0]).toMatchObject({ row: 1, line: 2, candidate: { title: 'XSS', impact: 4, tags: ['CWE-79'] } });
    expect(unread).toEqual(['Mine']);
  });
});
