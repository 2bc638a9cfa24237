import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readImport } from './read-import';
import { UnreadableImport } from './unreadable-import';

const folder = join(__dirname, '../../../../shared/data');
const present = existsSync(folder);
if (!present) console.warn(`Real sample files are absent (${folder}): their known answers are not tested.`);

const load = (name: string): Buffer => readFileSync(join(folder, name));

(present ? describe : describe.skip)('real files', () => {
  it.each([
    ['kev-2025-01.json', 'kev', 1252],
    ['ciso-assistant-risk-assessment.csv', 'scenarios-csv', 3],
    ['ciso-assistant-risk-assessment.xlsx', 'scenarios-csv', 4],
    ['oscal-poam-example.json', 'oscal-poam', 2],
    ['defectdojo/generic_report1.csv', 'findings-csv', 1],
    ['defectdojo/generic_csv_with_epss.csv', 'findings-csv', 1],
    ['defectdojo/generic_report1.json', 'findings-json', 2],
    ['defectdojo/generic_report3.json', 'findings-json', 4],
    ['defectdojo/generic_report_kev_cvssv4.json', 'findings-json', 2],
    ['defectdojo/bash-report.sarif', 'sarif', 27],
    ['defectdojo/appendix_k.sarif', 'sarif', 1],
    ['defectdojo/many_findings.json', 'dependency-track', 3],
    ['defectdojo/one_finding.json', 'dependency-track', 1],
  ])('%s is read as %s with %i risks and no problem', async (name, id, count) => {
    const { format, rows } = await readImport(load(name));
    expect(format.id).toBe(id);
    expect(rows.filter(({ candidate }) => candidate)).toHaveLength(count);
    expect(rows.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it.each([
    ['defectdojo/generic_empty.json', '/rows/1/title is required'],
    ['defectdojo/generic_invalid.json', 'invalid_field is not a field of a finding'],
    ['defectdojo/no_findings_because_findings_key_is_null.json', 'nothing to import'],
    ['defectdojo/no_runs.sarif', 'nothing to import'],
  ])('%s is refused with words about %s', async (name, words) => {
    const reading = readImport(load(name));
    await expect(reading).rejects.toThrow(UnreadableImport);
    await expect(reading).rejects.toThrow(words);
  });

  it('the catalogue: every CVE once, every due date, 245 used by ransomware', async () => {
    const { rows } = await readImport(load('kev-2025-01.json'));
    const candidates = rows.flatMap(({ candidate }) => candidate ?? []);
    expect(new Set(candidates.map(({ externalId }) => externalId)).size).toBe(1252);
    expect(candidates.every(({ dueDate }) => dueDate !== undefined)).toBe(true);
    expect(candidates.filter(({ probability, impact }) => probability === 5 && impact === 5)).toHaveLength(245);
  });

  it('the scenarios: words become levels, the one without residual rating has none', async () => {
    const { rows } = await readImport(load('ciso-assistant-risk-assessment.csv'));
    const ratings = rows.map(({ candidate }) => [candidate?.externalId, candidate?.probability, candidate?.impact]);
    expect(ratings).toEqual([
      ['R.1', 4, 3],
      ['R.2', 5, 3],
      ['R.3', 4, 4],
    ]);
    expect(rows[2]?.candidate).not.toHaveProperty('residualProbability');
  });

  it('the findings with EPSS and with known exploitation have their probability from them', async () => {
    const forecast = await readImport(load('defectdojo/generic_csv_with_epss.csv'));
    expect(forecast.rows[0]?.candidate?.probability).toBe(1);
    const { rows } = await readImport(load('defectdojo/generic_report_kev_cvssv4.json'));
    expect(rows.map(({ candidate }) => candidate?.probability)).toEqual([5, 3]);
  });

  it('the plan of action: rated by its facets, accepted where a deviation was approved, due by its deadline', async () => {
    const { rows } = await readImport(load('oscal-poam-example.json'));
    expect(rows.map(({ candidate }) => candidate)).toEqual([
      expect.objectContaining({ probability: 2, impact: 4, treatment: 'ACCEPT', dueDate: '2024-01-01' }),
      expect.objectContaining({ probability: 2, impact: 4, status: 'IDENTIFIED', dueDate: '2023-06-23' }),
    ]);
    expect(rows[0]?.candidate?.title).toMatch(/^IFA-GOODREAD-RISK-1/);
  });

  it('the workbook: the same words as in the CSV of that product', async () => {
    const { rows } = await readImport(load('ciso-assistant-risk-assessment.xlsx'));
    const ratings = rows.map(({ candidate }) => [candidate?.externalId, candidate?.probability, candidate?.impact]);
    expect(ratings).toEqual([
      ['R01', 4, 2],
      ['R02', 2, 4],
      ['R03', 5, 3],
      ['R04', 5, 5],
    ]);
  });
});
