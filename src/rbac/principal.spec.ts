import { assertLive, assertTenantIs, authorizationOf, type Principal, type TenantStatus } from './principal';
import { Permission } from './permission';

const someday = '2999-01-01T00:00:00Z';
const viewer: Principal = {
  ...{ userId: 'me', email: 'me@acme.test', name: 'Me', accountStatus: 'ACTIVE', membershipStatus: 'ACTIVE' },
  tenant: { id: 'acme', slug: 'acme', name: 'Acme', status: 'ACTIVE' },
  role: { id: 'r', key: 'viewer', name: 'Viewer', level: 0, permissions: null },
  ...{ teamIds: [], teamMateIds: [] },
  credential: { expiresAt: someday, isRevoked: false, grants: null },
};
const admin: Principal = { ...viewer, role: { ...viewer.role, key: 'admin', level: 9 } };

function statusOf(check: () => void): string {
  try {
    check();
    return 'passes';
  } catch (error) {
    const { status, code } = error as { status?: number; code?: string };
    return `${status} ${code}`;
  }
}

describe('who asks', () => {
  it.each<[string, Partial<Principal>, string]>([
    ['somebody in good standing', {}, 'passes'],
    ['a disabled account', { accountStatus: 'DISABLED' }, '401 auth.unauthenticated'],
    ['a disabled member', { membershipStatus: 'DISABLED' }, '401 auth.unauthenticated'],
    ['a session that is not there', { credential: null }, '401 auth.unauthenticated'],
    [
      'a revoked one',
      { credential: { expiresAt: someday, isRevoked: true, grants: null } },
      '401 auth.unauthenticated',
    ],
    [
      'an expired one',
      { credential: { expiresAt: new Date(Date.now() - 1).toISOString(), isRevoked: false, grants: null } },
      '401 auth.unauthenticated',
    ],
    [
      'one that expires at no time we can read',
      { credential: { expiresAt: 'infinity', isRevoked: false, grants: null } },
      '401 auth.unauthenticated',
    ],
  ])('%s: %s', (_who, change, outcome) => {
    expect(statusOf(() => assertLive({ ...viewer, ...change }, true))).toBe(outcome);
  });

  it('is looked at anew when the time has come, although the value is the one that was cached', () => {
    jest.useFakeTimers({ now: Date.parse('2998-12-31T23:59:59Z') });
    try {
      assertLive(viewer, true);
      jest.setSystemTime(Date.parse(someday));
      expect(statusOf(() => assertLive(viewer, true))).toBe('401 auth.unauthenticated');
    } finally {
      jest.useRealTimers();
    }
  });

  it('needs no credential when it is work of our own, but an active account all the same', () => {
    expect(statusOf(() => assertLive({ ...viewer, credential: null }, false))).toBe('passes');
    expect(statusOf(() => assertLive({ ...viewer, accountStatus: 'DISABLED' }, false))).toContain('401');
  });
});

describe('a tenant that is', () => {
  it.each<[TenantStatus, TenantStatus[], string, string]>([
    ['ACTIVE', [], 'passes', 'passes'],
    ['SUSPENDED', [], '403 tenant.suspended', '403 tenant.suspended'],
    ['SUSPENDED', ['SUSPENDED'], 'passes', 'passes'],
    ['SUSPENDED', ['DELETED'], '403 tenant.suspended', '403 tenant.suspended'],
    ['DELETED', [], '401 auth.unauthenticated', '403 tenant.deleted'],
    ['DELETED', ['DELETED'], '401 auth.unauthenticated', 'passes'],
    ['DELETED', ['SUSPENDED'], '401 auth.unauthenticated', '403 tenant.deleted'],
  ])('%s answers, on a route that tolerates %j: a viewer %s, an admin %s', (status, tolerated, ofViewer, ofAdmin) => {
    const within = (who: Principal): string =>
      statusOf(() => assertTenantIs(tolerated, { ...who, tenant: { ...who.tenant, status } }));
    expect([within(viewer), within(admin)]).toEqual([ofViewer, ofAdmin]);
  });
});

describe('rights of a principal', () => {
  it('are those of the role, narrowed by the API token', () => {
    const token = { expiresAt: someday, isRevoked: false, grants: ['risk:read:own', 'risk:delete:tenant'] };
    const narrowed = authorizationOf({ ...admin, credential: token });
    expect([...narrowed.grants]).toEqual([
      [Permission.RiskRead, 'own'],
      [Permission.RiskDelete, 'tenant'],
    ]);
    expect([...authorizationOf({ ...viewer, credential: token }).grants]).toEqual([[Permission.RiskRead, 'own']]);
  });

  it('of a token that is narrowed to nothing are none', () => {
    const token = { expiresAt: someday, isRevoked: false, grants: [] };
    expect(authorizationOf({ ...admin, credential: token }).grants.size).toBe(0);
  });

  it('of a custom role are what is stored with it', () => {
    const custom = { ...viewer, role: { ...viewer.role, key: null, permissions: ['risk:read:team'] } };
    expect([...authorizationOf(custom).grants]).toEqual([[Permission.RiskRead, 'team']]);
  });

  it('are compiled once per value', () => {
    expect(authorizationOf(viewer)).toBe(authorizationOf(viewer));
    expect(authorizationOf({ ...viewer })).not.toBe(authorizationOf(viewer));
  });
});
