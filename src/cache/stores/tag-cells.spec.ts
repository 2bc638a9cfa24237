import { TagCells } from './tag-cells';

describe('the cells of tags', () => {
  const name = (tenant: string, tag: number): string => `g:tenant:${tenant}:risk:${tag}`;

  it('are forgotten by whoever has most of them, the least recently used first', () => {
    const cells = new TagCells(10);
    cells.set('g:*', 'everything');
    for (let tag = 0; tag < 4; tag++) cells.set(name('quiet', tag), `${tag}`);
    for (let tag = 0; tag < 1_000; tag++) {
      cells.set(name('greedy', tag), `${tag}`);
      cells.get(name('greedy', 0));
    }
    expect(cells.get('g:*')).toBe('everything');
    expect([0, 1, 2, 3].map((tag) => cells.get(name('quiet', tag)))).toEqual(['0', '1', '2', '3']);
    expect([0, 994, 995, 996, 999].map((tag) => cells.has(name('greedy', tag)))).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  it('keep what they held last', () => {
    const cells = new TagCells(2);
    cells.set(name('one', 1), 'first');
    cells.set(name('one', 1), 'second');
    cells.set(name('one', 2), 'third');
    expect([cells.get(name('one', 1)), cells.get(name('one', 2)), cells.get(name('one', 3))]).toEqual([
      ...['second', 'third', undefined],
    ]);
    cells.clear();
    expect(cells.has(name('one', 1))).toBe(false);
  });
});
