import { cut, fitTags } from './fit-text';

describe('cut', () => {
  it('leaves what fits, marks what does not', () => {
    expect(cut('abcd', 4)).toBe('abcd');
    expect(cut('abcde', 4)).toBe('abc…');
  });

  it('never leaves half a character', () => {
    expect(cut('ab😀cd', 4)).toBe('ab…');
    expect(cut('a😀bcd', 4)).toBe('a😀…');
  });
});

describe('fitTags', () => {
  it('keeps the first 50 distinct ones without regard to case', () => {
    expect(fitTags(['A ', 'a', undefined, '', 'b\n c'])).toEqual(['A', 'b c']);
    expect(fitTags(Array.from({ length: 60 }, (_, index) => `t${index}`))).toHaveLength(50);
  });
});
