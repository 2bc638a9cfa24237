import { parseSort } from './sort';

const fields = ['score', 'title', 'createdAt'] as const;

describe('parseSort', () => {
  it('reads fields in their order, - for descending', () => {
    expect(parseSort('-score,title', fields)).toEqual([
      { field: 'score', descending: true },
      { field: 'title', descending: false },
    ]);
  });

  it.each([
    '',
    ',',
    'score,',
    '--score',
    '+score',
    ' score',
    'Score',
    'score,score',
    'score,-score',
    'toString',
    'id;--',
  ])('refuses %j and names the fields that there are', (text) => {
    expect(() => parseSort(text, fields)).toThrow(/score, title, createdAt/);
    expect(() => parseSort(text, fields)).toThrow(
      expect.objectContaining({ status: 400, errors: [expect.objectContaining({ pointer: '?sort', code: 'sort' })] }),
    );
  });
});
