import { toCachedValue } from '../cached-value';
import type { StoredEntry } from '../store';
import { narrowed, neededOf, needsOf, vectorOf } from './generation';
import { decodeEntry, encodeEntry } from './redis-entry';

describe('A stored entry', () => {
  const found = ['a', 'b', 'c'];
  const vector = vectorOf(found);
  const entryOf = (json: unknown, tenantId?: string): StoredEntry => ({
    tenantId,
    value: toCachedValue(json, 'test'),
    expiresAt: 1_234,
    loadMs: 5,
  });

  it.each([
    [{ text: 'line\nbreak \u2028 é' }, 'one\ntwo'],
    [[1], 'one'],
    [null, undefined],
    ['x', undefined],
  ])('comes back as it was: %j of %j', (json, tenantId) => {
    entryOf(json, tenantId);
    // A second value of the same shape: its names are familiar, and so is its weight.
    const entry = entryOf(json, tenantId);
    expect(decodeEntry(encodeEntry(vector, entry), found)).toEqual({ vector, entry });
  });

  it.each([[['a', 'b']], [['a', 'b', 'c', 'd']], [['x', 'b', 'c']], [['a', null, 'c']]])(
    'is nothing under other generations (%j)',
    (others) => {
      expect(decodeEntry(encodeEntry(vector, entryOf(1)), others)).toBeUndefined();
    },
  );

  describe('that depends on some of its cells only', () => {
    const some = narrowed(vector, (place) => place !== 1);
    const isRead = (others: readonly (string | null)[]): boolean =>
      decodeEntry(encodeEntry(some, entryOf(1)), others) !== undefined;

    it.each([[['a', 'b', 'c']], [['a', 'x', 'c']], [['a', null, 'c']]])(
      'is there whatever is in the others (%j)',
      (others) => {
        expect(isRead(others)).toBe(true);
      },
    );

    it.each([[['x', 'b', 'c']], [['a', 'b', null]], [['a', 'b']], [['a', 'b', 'c', 'd']]])(
      'is nothing under other generations of these (%j)',
      (others) => {
        expect(isRead(others)).toBe(false);
      },
    );

    it('needs these only', () => {
      const cells = ['one', 'two', 'three'];
      expect([needsOf(some).nonces, neededOf(needsOf(some), cells)]).toEqual(['a c', ['one', 'three']]);
      expect([needsOf(vector).nonces, neededOf(needsOf(vector), cells)]).toEqual(['a b c', cells]);
    });
  });

  it.each(['', 'a b c', 'a b c\n', 'a b c\n{', 'a b c\n{}\n{"half'])('is nothing when it is garbage (%j)', (stored) => {
    expect(decodeEntry(stored, found)).toBeUndefined();
  });
});
