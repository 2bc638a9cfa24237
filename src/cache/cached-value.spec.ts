import { rememberedRepresentation } from '../http/representation';
import { fromStoredText, NothingToCache, toCachedValue } from './cached-value';

describe('toCachedValue', () => {
  it('is what a hit in another process will be', () => {
    const loaded = { at: new Date('2026-01-02T03:04:05.678Z'), gone: undefined, list: [1, { deep: 'é' }], version: 3 };
    const miss = toCachedValue(loaded, 'test');
    const hit = fromStoredText(miss.bytes.toString(), miss.etag);
    expect(miss.json).toEqual({ at: '2026-01-02T03:04:05.678Z', list: [1, { deep: 'é' }], version: 3 });
    expect({ ...hit, graphBytes: 0 }).toEqual({ ...miss, graphBytes: 0 });
    expect(hit.bytes.equals(miss.bytes)).toBe(true);
  });

  it.each(['a miss', 'a hit'])('is frozen to its leaves and knows its bytes: %s', (way) => {
    const miss = toCachedValue({ list: [{ deep: 1 }] }, 'test');
    const { json } = way === 'a miss' ? miss : fromStoredText(miss.bytes.toString(), miss.etag);
    const value = json as { list: { deep: number }[] };
    expect(() => value.list.push({ deep: 2 })).toThrow(TypeError);
    expect(() => Object.assign(value.list[0] ?? {}, { deep: 2 })).toThrow(TypeError);
    expect(rememberedRepresentation(value)).toEqual({ bytes: miss.bytes, etag: miss.etag });
  });

  it('leaves what was loaded as it was', () => {
    const loaded = { list: [1] };
    toCachedValue(loaded, 'test');
    loaded.list.push(2);
    expect(loaded.list).toEqual([1, 2]);
  });

  it('takes null for an answer, and refuses undefined by the name of the cache', () => {
    expect(toCachedValue(null, 'risk')).toMatchObject({ json: null, etag: undefined });
    expect(() => toCachedValue(undefined, 'risk')).toThrow(NothingToCache);
    expect(() => toCachedValue(undefined, 'risk')).toThrow('the cache risk gave undefined');
  });
});
