import { readLabel } from './rating-labels';

describe('readLabel', () => {
  it.each([
    ['Rare', 1],
    ['Unlikely', 2],
    ['peu vraisemblable', 2],
    ['moderate', 3],
    ['Likely', 4],
    ['VRAISEMBLABLE', 4],
    ['Very likely', 5],
    ['Très vraisemblable', 5],
    ['Tre\u0300s  vraisemblable', 5],
    ['almost_certain', 5],
    ['Très faible', 1],
    ['Élevé', 4],
    ['Sehr hoch', 5],
  ])('probability %s is %i', (label, level) => {
    expect(readLabel(label, 'probability')).toBe(level);
  });

  it.each([
    ['insignificant', 1],
    ['Minor', 2],
    ['mineur', 2],
    ['Significant', 3],
    ['Significatif', 3],
    ['Important', 4],
    ['Major', 4],
    ['Critical', 5],
    ['CRITIQUE ', 5],
    ['catastrophic', 5],
  ])('impact %s is %i', (label, level) => {
    expect(readLabel(label, 'impact')).toBe(level);
  });

  it.each([
    ['3', 3],
    ['3.0', 3],
    ['4 - Critical', 4],
    ['2: anything', 2],
    ['1 (Rare)', 1],
  ])('a number in front wins: %s is %i', (label, level) => {
    expect(readLabel(label, 'impact')).toBe(level);
  });

  it.each(['--', '-', '', '  ', 'N/A', 'Not rated'])('%j is not rated', (label) => {
    expect(readLabel(label, 'impact')).toBe('not-rated');
  });

  it.each(['0', '6', '3.5', '12', '4/5', '-1', 'huge', 'Likely', '__proto__', 'constructor', '1e308'])(
    '%j is unknown as an impact',
    (label) => {
      expect(readLabel(label, 'impact')).toBe('unknown');
    },
  );
});
