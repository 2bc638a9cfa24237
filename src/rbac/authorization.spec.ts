import { Authorization } from './authorization';
import { allPermissions, grantText, intersectionOf, parseGrants, Permission, scopesOf, type Scope } from './permission';

const person = { userId: 'me', teamMateIds: ['zoe', 'anna', 'me'] };
const compile = (...texts: string[]): Authorization => new Authorization(parseGrants(texts), person);

describe('compiled rights', () => {
  it.each(allPermissions)('know %s from all others', (permission) => {
    for (const scope of scopesOf(permission)) {
      const rights = compile(grantText({ permission, scope }));
      expect(rights.scopeOf(permission)).toBe(scope);
      expect(allPermissions.filter((other) => rights.allows(other))).toEqual([permission]);
    }
  });

  it('reach oneself, oneself and all team mates, or everybody', () => {
    const reach = (scope: Scope) => compile(`risk:read:${scope}`).reachOf(Permission.RiskRead);
    expect([reach('own'), reach('team'), reach('tenant')]).toEqual([['me'], ['anna', 'me', 'zoe'], 'tenant']);
    expect(compile('risk:read:own').reachOf(Permission.RiskUpdate)).toBeUndefined();
  });

  it('take the wider of two grants of one permission', () => {
    expect(compile('risk:read:team', 'risk:read:own').scopeOf(Permission.RiskRead)).toBe('team');
    expect(compile('risk:read:own', 'risk:read:team').scopeOf(Permission.RiskRead)).toBe('team');
  });

  it.each([
    ...['risk:read', 'risk:read:everything', 'risk:read:tenant:tenant', 'Risk:read:tenant', 'risk:fly:tenant', ''],
    ...[':::', 'constructor:x:tenant', 'risk:read:', ' risk:read:tenant', 'risk:read:length'],
  ])('grant nothing for %j', (text) => {
    const rights = compile(text);
    expect(allPermissions.filter((permission) => rights.allows(permission))).toEqual([]);
    expect(rights.allows(text)).toBe(false);
  });

  it('allow nothing that is no permission', () => {
    const rights = compile(...allPermissions.map((permission) => grantText({ permission, scope: 'tenant' })));
    for (const name of ['', 'risk', 'risk:fly', '__proto__', 'undefined']) expect(rights.allows(name)).toBe(false);
  });
});

describe('rights narrowed by an API token', () => {
  it.each<[string[], string[], string[]]>([
    [['risk:read:tenant'], ['risk:read:own'], ['risk:read:own']],
    [['risk:read:own'], ['risk:read:tenant'], ['risk:read:own']],
    [['risk:read:team', 'risk:update:own'], ['risk:read:team', 'risk:delete:tenant'], ['risk:read:team']],
    [['risk:read:tenant'], [], []],
    [[], ['risk:read:tenant'], []],
  ])('%j by %j are %j', (owner, token, both) => {
    const narrowed = intersectionOf(parseGrants(owner), parseGrants(token));
    expect([...narrowed].map(([permission, scope]) => grantText({ permission, scope }))).toEqual(both);
  });
});
