import { canaryOf } from '../support/canaries';
import type { TestTenant } from '../support/test-app';
import { Watch } from './watch';

const tenant = (slug: string, id: string) => ({ slug, id }) as TestTenant;
const acme = tenant('acme', '01890a5d-ac96-774b-bcce-00000000000a');
const globex = tenant('globex', '01890a5d-ac96-774b-bcce-00000000000b');
const theirs = '01890a5d-ac96-774b-bcce-000000000001';
const nobodys = '01890a5d-ac96-774b-bcce-000000000002';

describe('the watch over two tenants', () => {
  const watch = new Watch([acme, globex]);
  watch.learn(theirs, globex);

  it.each<[string, string, number]>([
    ['one’s own canary and id', `${canaryOf(acme)} ${acme.id}`, 0],
    ['what is nobody’s', nobodys, 0],
    ['the other canary, in the middle of something', `"x":"shared-${canaryOf(globex)}1"`, 1],
    ['an id of the other tenant', `/risks/${theirs}?x`, 1],
    ['the other tenant itself, and its things', `${globex.id} ${theirs} ${canaryOf(globex)}`, 3],
  ])('finds in %s what is foreign', (_what, text, count) => {
    expect(watch.foreignIn(text, acme)).toHaveLength(count);
  });

  it.each<[string, string, boolean]>([
    ['of the tenant, about itself', `{"tenantId":"${acme.id}","msg":"${canaryOf(acme)}"}`, false],
    ['of the tenant, about the other', `{"tenantId":"${acme.id}","msg":"${theirs}"}`, true],
    ['of nobody, about nobody', '{"msg":"started"}', false],
    ['of nobody, about somebody', `{"msg":"${canaryOf(acme)}"}`, true],
  ])('reads a line of the log that is %s', (_what, line, leaks) => {
    expect(watch.leakInLogLine(line) !== undefined).toBe(leaks);
  });

  it('knows what of the other tenant somebody has named, but never excuses its canary', () => {
    const fresh = new Watch([acme, globex]);
    fresh.learn(theirs, globex);
    expect(fresh.note(`/risks/${theirs}?q=${canaryOf(globex)}`, acme)).toEqual([canaryOf(globex), theirs]);
    expect([theirs, canaryOf(globex)].map((secret) => fresh.wasAsked(secret, acme))).toEqual([true, false]);
    const line = (secret: string) => `{"tenantId":"${acme.id}","msg":"${secret}"}`;
    expect(fresh.leakInLogLine(line(theirs))).toBeUndefined();
    expect(fresh.leakInLogLine(line(canaryOf(globex)))).toBeDefined();
  });

  it('minds everything of anybody in a metric', () => {
    expect(watch.leakInMetric('requests{route="/risks"} 1')).toBeUndefined();
    for (const secret of [acme.id, theirs, canaryOf(globex)]) {
      expect(watch.leakInMetric(`requests{what="${secret}"} 1`)).toBeDefined();
    }
  });
});
