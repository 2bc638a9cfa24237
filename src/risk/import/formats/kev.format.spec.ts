import { readText } from '../read-import';

const entry = {
  cveID: 'CVE-2021-44228',
  vendorProject: 'Apache',
  product: 'Log4j2',
  vulnerabilityName: 'Apache Log4j2 Remote Code Execution Vulnerability',
  dateAdded: '2021-12-10',
  shortDescription: 'Log4j2 does not protect against <b>JNDI</b>.',
  requiredAction: 'Apply updates.',
  dueDate: '2021-12-24',
  knownRansomwareCampaignUse: 'Known',
  notes: '',
  cwes: ['CWE-20', 'CWE-400'],
};

const read = (...entries: object[]) =>
  readText(Buffer.from(JSON.stringify({ catalogVersion: '2025.01.24', vulnerabilities: entries }))).rows;

describe('the catalogue of known exploited vulnerabilities', () => {
  it('becomes risks with the CVE as id, the due date and the ratings of the table', () => {
    expect(read(entry)).toEqual([
      {
        row: 1,
        problems: [],
        notices: [],
        candidate: {
          externalId: 'CVE-2021-44228',
          title: 'CVE-2021-44228: Apache Log4j2 Remote Code Execution Vulnerability',
          description: 'Log4j2 does not protect against <b>JNDI</b>.\n\nRequired action: Apply updates.',
          category: 'Vulnerability',
          probability: 5,
          impact: 5,
          status: 'IDENTIFIED',
          tags: ['KEV', 'ransomware', 'Apache', 'Log4j2', 'CWE-20', 'CWE-400'],
          frameworks: [],
          dueDate: '2021-12-24',
          customFields: {
            cveId: 'CVE-2021-44228',
            knownRansomware: true,
            vendor: 'Apache',
            product: 'Log4j2',
            dateAdded: '2021-12-10',
          },
        },
      },
    ]);
  });

  it('rates without known ransomware one lower, also where an old catalogue has no such field', () => {
    const { knownRansomwareCampaignUse: _, cwes: __, ...old } = entry;
    expect(read({ ...entry, knownRansomwareCampaignUse: 'Unknown' })[0]?.candidate).toMatchObject({
      probability: 4,
      impact: 4,
    });
    expect(read(old)[0]?.candidate).toMatchObject({ probability: 4, impact: 4 });
  });

  it('is read from the CSV edition too', () => {
    const csv = `${Object.keys(entry).join()}\n${Object.values(entry)
      .map((cell) => `"${String(cell)}"`)
      .join()}\n`;
    const { format, rows } = readText(Buffer.from(csv));
    expect(format.id).toBe('kev');
    expect(rows[0]?.candidate).toEqual(read(entry)[0]?.candidate);
  });

  it('cuts a title and tags that are too long, keeps the full title in the description and says so', () => {
    const [row] = read({ ...entry, vulnerabilityName: `${'x'.repeat(300)}END`, product: 'p'.repeat(150) });
    expect(row?.candidate?.title).toHaveLength(255);
    expect(row?.candidate?.title.endsWith('…')).toBe(true);
    expect(row?.candidate?.description).toContain('xEND');
    expect(row?.candidate?.tags.every((tag) => tag.length <= 100)).toBe(true);
    expect(row?.notices).toMatchObject([{ code: 'cut' }]);
  });

  it.each([
    ['no CVE', { cveID: '' }, '/cveID', 'required'],
    ['a bad CVE', { cveID: 'CVE-1' }, '/cveID', 'cve-id'],
    ['no name', { vulnerabilityName: null }, '/vulnerabilityName', 'required'],
    ['a day that does not exist', { dueDate: '2021-02-30' }, '/dueDate', 'date'],
    ['a NUL', { notes: 'a\0b' }, '/notes', 'unsafe-text'],
    ['a lone surrogate', { product: '\ud800' }, '/product', 'unsafe-text'],
    ['an object as text', { notes: {} }, '/notes', 'type'],
  ])('makes %s the problem of its row', (_, change, pointer, code) => {
    const [, row] = read(entry, { ...entry, cveID: 'CVE-2020-0001', ...change });
    expect(row?.candidate).toBeUndefined();
    expect(row?.problems).toMatchObject([{ pointer, code }]);
  });

  it('names the first row when a CVE comes twice', () => {
    const [, second] = read(entry, entry);
    expect(second?.candidate).toBeUndefined();
    expect(second?.problems).toMatchObject([
      { pointer: '/cveID', code: 'repeated', message: expect.stringContaining('row 1') },
    ]);
  });
});
