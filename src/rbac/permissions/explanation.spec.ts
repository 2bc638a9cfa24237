import { allPermissions, Permission } from '../permission';
import { authorizationOf, type Principal } from '../principal';
import { predefinedRoles } from '../role-matrix';
import { explain } from './explanation';
import { permissionCatalogue } from './permission-catalogue';

const manager: Principal = {
  ...{ userId: 'me', email: 'me@acme.test', name: 'Me', accountStatus: 'ACTIVE', membershipStatus: 'ACTIVE' },
  tenant: { id: 'acme', slug: 'acme', name: 'Acme', status: 'ACTIVE' },
  role: { id: 'r', key: 'manager', name: 'Manager', level: 6, permissions: null },
  ...{ teamIds: ['t'], teamMateIds: ['ann', 'bob'] },
  credential: null,
};
const token = (...grants: string[]): Partial<Principal> => ({
  credential: { expiresAt: '2999-01-01T00:00:00Z', isRevoked: false, grants },
});

describe('an explanation', () => {
  it.each<[string, Partial<Principal>, Permission, string, string]>([
    ['a grant', {}, Permission.RiskAccept, 'tenant', 'reaches everything'],
    ['a grant for the team', {}, Permission.RiskDelete, 'team', '2 at the moment'],
    ['no grant', {}, Permission.UserDelete, 'refused by role', 'The role Manager does not grant user:delete.'],
    ['a disabled account', { accountStatus: 'DISABLED' }, Permission.RiskRead, 'refused by account', 'DISABLED'],
    [
      'a disabled membership',
      { membershipStatus: 'DISABLED' },
      Permission.RiskRead,
      'refused by membership',
      'DISABLED',
    ],
    [
      'a suspended tenant',
      { tenant: { ...manager.tenant, status: 'SUSPENDED' } },
      Permission.RiskRead,
      'refused by tenant',
      'SUSPENDED',
    ],
    ['a narrowed token', token('risk:read:own'), Permission.RiskRead, 'own', 'own or are assigned to.'],
    ['a token for else', token('risk:read:own'), Permission.RiskDelete, 'refused by api-token', 'other permissions'],
  ])('names %s', (_what, change, permission, outcome, message) => {
    const { allowed, scope, reasons } = explain({ ...manager, ...change }, permission);
    const refusing = reasons.filter(({ refuses }) => refuses).map(({ about }) => about);
    expect(allowed ? scope : `refused by ${refusing.join(', ')}`).toBe(outcome);
    expect(reasons.map((reason) => reason.message).join('\n')).toContain(message);
  });

  it('says what the guard decides, of every role and permission', () => {
    for (const { key, name, level } of predefinedRoles) {
      for (const narrowing of [{}, token('risk:read:own', 'risk:delete:tenant', 'user:read:team')]) {
        const principal = { ...manager, ...narrowing, role: { id: 'r', key, name, level, permissions: null } };
        for (const permission of allPermissions) {
          const scope = authorizationOf(principal).scopeOf(permission) ?? null;
          expect(explain(principal, permission)).toMatchObject({ allowed: scope !== null, scope });
        }
      }
    }
  });
});

describe('the catalogue', () => {
  it('says of every permission what it is for', () => {
    expect(permissionCatalogue.map(({ permission }) => permission)).toEqual(allPermissions);
    for (const { description } of permissionCatalogue) expect(description).toMatch(/^[A-Z][^.]+\.$/);
    expect(JSON.stringify(permissionCatalogue)).not.toContain('undefined');
  });
});
