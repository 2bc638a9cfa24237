import { fillMatrix } from './risk-matrix';

describe('fillMatrix', () => {
  it('makes 25 cells in order, zero where nothing was counted', () => {
    const cells = fillMatrix([
      { probability: 5, impact: 1, count: 3 },
      { probability: 1, impact: 5, count: 2 },
    ]);
    expect(cells.map(({ probability, impact }) => `${probability}${impact}`).join(' ')).toBe(
      '11 12 13 14 15 21 22 23 24 25 31 32 33 34 35 41 42 43 44 45 51 52 53 54 55',
    );
    expect(cells.flatMap(({ count }, index) => (count > 0 ? [`${index}: ${count}`] : []))).toEqual(['4: 2', '20: 3']);
  });
});
