import type { ImportRow } from '../import-row';
import { readText } from '../read-import';

const header =
  'ref_id;assets;threats;name;description;current_impact;current_proba;residual_impact;residual_proba;treatment\n';
const read = (...lines: string[]): readonly ImportRow[] => readText(Buffer.from(header + lines.join('\n'))).rows;

describe('risk scenarios of another register', () => {
  it('become assessed risks with words turned into levels', () => {
    const [row] = read(
      'R.1;ERP,Database;Phishing,Ransom;Theft;Of data;Significatif;Très vraisemblable;Minor;Unlikely;mitigate',
    );
    expect(row?.candidate).toEqual({
      externalId: 'R.1',
      title: 'Theft',
      description: 'Of data\n\nAssets: ERP,Database\n\nThreats: Phishing,Ransom',
      probability: 5,
      impact: 3,
      residualProbability: 2,
      residualImpact: 2,
      status: 'ASSESSED',
      treatment: 'MITIGATE',
      tags: ['Phishing', 'Ransom'],
      frameworks: [],
    });
  });

  it('that are not rated are drafts with a tag and a notice', () => {
    const [row] = read('R.1;;;Theft;;--;Likely;--;--;open');
    expect(row?.candidate).toMatchObject({ status: 'DRAFT', probability: 4, impact: 3, tags: ['unrated'] });
    expect(row?.candidate).not.toHaveProperty('treatment');
    expect(row?.candidate).not.toHaveProperty('residualImpact');
    expect(row?.notices).toMatchObject([{ pointer: '/current_impact', code: 'unrated' }]);
  });

  it('fall back on the inherent level, and know the other spelling of the columns', () => {
    const file =
      'name,inherent_probability,inherent_impact,current_probability,current_impact\nTheft,Rare,Major,--,--\n';
    expect(readText(Buffer.from(file)).rows[0]?.candidate).toMatchObject({
      probability: 1,
      impact: 4,
      status: 'ASSESSED',
    });
  });

  it('with a word that nobody knows are a problem that lists the known ones', () => {
    const [, row] = read('R.1;;;Theft;;High;High;--;--;open', 'R.2;;;Fire;;Gigantic;High;--;--;open');
    expect(row?.problems).toMatchObject([{ pointer: '/current_impact', code: 'choice' }]);
    expect(row?.problems[0]?.message).toMatch(/insignificant.*critical.*critique/);
  });

  it('with an unknown treatment are a problem', () => {
    const [, row] = read('R.1;;;Theft;;High;High;--;--;open', 'R.2;;;Fire;;High;High;--;--;ignore');
    expect(row?.problems).toMatchObject([{ pointer: '/treatment', code: 'choice' }]);
  });

  it('without a reference are known by their name, and may come only once', () => {
    const rows = read(
      ';;;Theft;;High;High;--;--;open',
      ';;;Fire;;High;High;--;--;open',
      ';;;Theft;;Low;Low;--;--;open',
    );
    expect(rows.map(({ candidate }) => candidate?.externalId.slice(0, 7))).toEqual(['sha256-', 'sha256-', undefined]);
    expect(rows[2]?.problems[0]?.message).toContain('row 1');
  });
});
