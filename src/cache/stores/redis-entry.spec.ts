import { toCachedValue } from '../cached-value';
import type { GenerationVector, StoredEntry } from '../store';
import { decodeEntry, encodeEntry } from './redis-entry';

describe('A stored entry', () => {
  const vector = 'a b c' as GenerationVector;
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
    expect(decodeEntry(encodeEntry(vector, entry), vector)).toEqual(entry);
  });

  it.each(['a b', 'a b c d', 'x b c'])('is nothing under other generations (%j)', (other) => {
    expect(decodeEntry(encodeEntry(vector, entryOf(1)), other as GenerationVector)).toBeUndefined();
  });

  it.each(['', 'a b c', 'a b c\n', 'a b c\n{', 'a b c\n{}\n{"half'])('is nothing when it is garbage (%j)', (stored) => {
    expect(decodeEntry(stored, vector)).toBeUndefined();
  });
});
