import { allPermissions, type Permission, type Scope } from './permission';
import { grantsOf, predefinedRoles, type RoleKey } from './role-matrix';

/** The product's table: per resource, what each role may do; a letter per action, `t` behind it for the team only. */
const table: Readonly<Record<string, Readonly<Record<RoleKey, string>>>> = {
  risk: { viewer: 'r', analyst: 'r c u x', manager: 'r c u x a dt', admin: 'r c u x a d A' },
  settings: { viewer: '', analyst: '', manager: '', admin: 'u' },
  mitigation: { viewer: 'r', analyst: 'r c u x', manager: 'r c u x dt', admin: 'r c u x d A' },
  dashboard: { viewer: 'r', analyst: 'r c x', manager: 'r c u x', admin: 'r c u x d A' },
  asset: { viewer: 'r', analyst: 'r c u', manager: 'r c u', admin: 'r c u d A' },
  connector: { viewer: 'r', analyst: 'r', manager: 'r u', admin: 'r c u d A' },
  audit: { viewer: 'ro', analyst: 'ro', manager: 'r x', admin: 'r x A' },
  user: { viewer: '', analyst: '', manager: 'r', admin: 'r c u d A' },
  integration: { viewer: '', analyst: '', manager: '', admin: 'r c u d A' },
  role: { viewer: '', analyst: '', manager: 'r', admin: 'r c u d' },
  team: { viewer: '', analyst: 'r', manager: 'r', admin: 'r c u d' },
  tenant: { viewer: 'r', analyst: 'r', manager: 'r', admin: 'r u d A' },
  system: { viewer: '', analyst: '', manager: '', admin: 'r A' },
};
const actions: Readonly<Record<string, string>> = {
  ...{ r: 'read', c: 'create', u: 'update', d: 'delete', x: 'export', a: 'accept', A: 'admin' },
};
const scopes: Readonly<Record<string, Scope>> = { '': 'tenant', t: 'team', o: 'own' };

function expected(role: RoleKey): Map<Permission, Scope> {
  const grants = new Map<Permission, Scope>();
  for (const [resource, cells] of Object.entries(table)) {
    for (const [letter = '', scope = ''] of cells[role].split(' ').filter(Boolean)) {
      grants.set(`${resource}:${actions[letter]}` as Permission, scopes[scope]!);
    }
  }
  return grants;
}

describe('the matrix of roles', () => {
  it.each(predefinedRoles.map(({ key }) => key))('grants a %s what the table says, and nothing else', (role) => {
    expect(Object.fromEntries([...grantsOf(role)].sort())).toEqual(Object.fromEntries([...expected(role)].sort()));
  });

  it('grants an admin everything there is, everywhere', () => {
    expect([...grantsOf('admin').keys()].sort()).toEqual([...allPermissions].sort());
    expect(new Set(grantsOf('admin').values())).toEqual(new Set(['tenant']));
  });

  it('never takes from a higher role what a lower one has', () => {
    const width = { own: 1, team: 2, tenant: 3 };
    predefinedRoles.slice(1).forEach(({ key, level }, index) => {
      const lower = predefinedRoles[index]!;
      expect(level).toBeGreaterThan(lower.level);
      for (const [permission, scope] of grantsOf(lower.key)) {
        expect(width[grantsOf(key).get(permission) ?? 'own']).toBeGreaterThanOrEqual(width[scope]);
      }
    });
  });

  it.each([null, '', 'Admin', 'owner', 'constructor', '__proto__'])('grants nothing to the role %j', (role) => {
    expect(grantsOf(role).size).toBe(0);
  });

  it('names every permission resource:action, once', () => {
    expect(new Set(allPermissions).size).toBe(allPermissions.length);
    for (const permission of allPermissions) expect(permission).toMatch(/^[a-z]+:[a-z]+$/);
  });
});
