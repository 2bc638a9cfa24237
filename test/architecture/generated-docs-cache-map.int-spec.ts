import { cacheMapOf, type CacheMap } from '../cache-map/cache-map';
import { describeMap } from '../cache-map/describe-map';
import { calledByNone, evictsNothing, neverOld } from '../cache-map/exceptions';
import { observe } from '../cache-map/observe';
import { dojoFindings, dojoPages } from '../support/dojo-source';
import { openSource, type SourceServer } from '../support/source-server';
import { createTestApp, type TestApp } from '../support/test-app';
import { expectGenerated } from './expect-generated';

/** Called are all operations and jobs there are: what is compared here is what has happened. */
describe('what writes declare to evict', () => {
  let app: TestApp;
  let source: SourceServer;
  let map: CacheMap;
  beforeAll(async () => {
    source = await openSource(dojoPages(dojoFindings(1)));
    app = await createTestApp({ env: { AUTH_REGISTRATION: 'open', OUTBOUND_ALLOWED_ADDRESSES: source.host } });
    map = cacheMapOf(await observe(app, source.url));
  }, 900_000);
  afterAll(async () => {
    await app.close();
    await source.close();
  });

  it('is known of every write: each was made once', () => {
    const unmade = map.writes.filter(({ name, succeeded }) => !succeeded && evictsNothing[name] === undefined);
    expect(unmade.map(({ name }) => `${name}: no request succeeded, add one to test/cache-map/scenarios.ts`)).toEqual(
      [],
    );
  });

  it('is what they evict: no more, no less', () => {
    const tell = (of: 'declared' | 'evicted'): string[] =>
      map.writes.map((write) => `${write.name}, through ${write.methods.join(' and ')}: ${write[of].join(', ')}`);
    expect(tell('evicted')).toEqual(tell('declared'));
  });

  it('is something, but for the writes that are known to change no cached answer', () => {
    const none = map.writes.filter(({ evicted }) => evicted.length === 0).map(({ name }) => name);
    expect(none.sort()).toEqual(Object.keys(evictsNothing).sort());
  });

  it('reaches every cached answer by a tag', () => {
    const untouched = map.reads.filter(({ isReachedByTag }) => !isReachedByTag).map(({ method }) => method);
    expect(untouched.sort()).toEqual(Object.keys(neverOld).sort());
  });

  it('is declared by no method that nothing calls', () => {
    expect([...map.unreached].sort()).toEqual(Object.keys(calledByNone).sort());
  });

  it('is told in docs/cache-map.md', () => expectGenerated('cache-map.md', describeMap(map)));
});
