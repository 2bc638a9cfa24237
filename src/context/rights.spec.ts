import { runInContext, type Actor } from './request-context';
import { currentReach, isWithin, withReachOf, type Rights } from './rights';

const actor: Actor = { userId: 'me', tenantId: 'acme' };
const rights: Rights = { reachOf: (permission) => (permission === 'risk:read' ? ['me'] : undefined) };

const reachIn = (context: object, permission = 'risk:read') =>
  runInContext({ requestId: 'test', ...context }, () => currentReach(permission));

describe('how far a permission reaches', () => {
  it('is what the rights of the request say; nobody without the permission', () => {
    expect(reachIn({ actor, rights })).toEqual(['me']);
    expect(reachIn({ actor, rights }, 'risk:delete')).toEqual([]);
  });

  it('is the tenant for work of our own, which came with no credential', () => {
    expect(reachIn({ actor })).toBe('tenant');
  });

  it.each([
    ['nobody asks', {}],
    ['a session asks before the guard has decided', { actor: { ...actor, sessionId: 's' } }],
    ['an API token asks before the guard has decided', { actor: { ...actor, apiTokenId: 't' } }],
  ])('is not known when %s', (_when, context) => {
    expect(() => reachIn(context)).toThrow('outside of an authenticated request');
  });

  it('can be asked for in a cached load only when the key says so', () => {
    const load = (declared: string[]) =>
      runInContext({ requestId: 'test', actor, rights }, () => withReachOf(declared, () => currentReach('risk:read')));
    expect(load(['risk:read'])).toEqual(['me']);
    expect(() => load([])).toThrow('risk:read');
    expect(() => load(['dashboard:read'])).toThrow('its key must say so');
  });
});

describe('what is within reach', () => {
  it.each<[Parameters<typeof isWithin>[0], (string | null)[], boolean]>([
    ['tenant', [null, null], true],
    [['me'], ['me', null], true],
    [['me'], [null, 'me'], true],
    [['me'], [null, null], false],
    [['me'], ['zoe', 'anna'], false],
    [['anna', 'me'], ['zoe', 'anna'], true],
    [[], [null, null], false],
  ])('of %j, belonging to %j: %s', (reach, responsible, within) => {
    expect(isWithin(reach, responsible)).toBe(within);
  });
});
