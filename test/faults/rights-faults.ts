import type { Fault } from './fault';

const ownership = 'test/e2e/ownership';
const principal = 'src/rbac/principal.spec';
const revocation = 'test/e2e/revocation';

/** Mistakes in what decides how far somebody's rights reach, and in taking them away. */
export const rightsFaults: readonly Fault[] = [
  {
    name: 'the reach is left out of the cache key',
    file: 'src/cache/audience.ts',
    find: 'return { tenantId: currentTenantId(), userId: undefined, reach: within };',
    replace: 'return { tenantId: currentTenantId(), userId: undefined, reach: within && undefined };',
    caughtBy: ['src/cache/cache.explorer.spec', ownership],
  },
  {
    name: 'a load may ask for a reach that its key does not name',
    file: 'src/context/rights.ts',
    find: 'if (named && !named.includes(permission)) throw new ReachNotInKey(permission);',
    replace: 'if (named && !named.includes(permission) && permission === "") throw new ReachNotInKey(permission);',
    caughtBy: ['src/context/rights.spec', 'src/cache/cache.explorer.spec'],
  },
  {
    name: 'a cache of what somebody owns takes readers without a reach',
    file: 'src/cache/decorator-rules.ts',
    find: 'if (owned && !reach?.length)',
    replace: 'if (owned && !reach)',
    caughtBy: ['src/cache/cache.explorer.spec'],
  },
  {
    name: 'lists and numbers show what is out of reach',
    file: 'src/risk/risk-reach.ts',
    find: "if (reach === 'tenant') return EVERYTHING;",
    replace: "if (reach === 'tenant' || reach.length > 0) return EVERYTHING;",
    caughtBy: [ownership],
  },
  {
    name: 'the past is counted whoever it belongs to',
    file: 'src/risk/statistics/statistics-sql.ts',
    find: 'if (reachable === EVERYTHING) return EVERYTHING;',
    replace: 'if (reachable.length > 0) return EVERYTHING;',
    caughtBy: [ownership],
  },
  {
    name: 'a change is decided without looking at the risk',
    file: 'src/rbac/grants.reader.ts',
    find: 'if (isSeen && isWithin(currentReach(permission), responsible)) return;',
    replace: 'if (isSeen) return;',
    caughtBy: [ownership],
  },
  {
    name: 'what cannot be seen is refused with 403, which says that it exists',
    file: 'src/rbac/grants.reader.ts',
    find: 'throw isSeen ? new OutOfReach(permission) : new NotFound(kind);',
    replace: 'throw isSeen || kind ? new OutOfReach(permission) : new NotFound(kind);',
    caughtBy: [ownership],
  },
  {
    name: 'what is out of the writer’s sight is put into their cache',
    file: 'src/risk/risk.service.ts',
    find: 'unless: (risk: RiskResponse) => !isWithin(',
    replace: 'unless: (risk: RiskResponse) => risk.id === "" && !isWithin(',
    caughtBy: [ownership],
  },
  {
    name: 'an expired session is taken while it is cached',
    file: 'src/rbac/principal.ts',
    find: ' || !(Date.parse(credential.expiresAt) > Date.now())',
    replace: '',
    caughtBy: [principal],
  },
  {
    name: 'an API token is not narrowed',
    file: 'src/rbac/principal.ts',
    find: 'intersectionOf(grants, parseGrants(credential.grants))',
    replace: 'grants',
    caughtBy: [principal],
  },
  {
    name: 'an API token widens',
    file: 'src/rbac/permission.ts',
    find: 'common.set(permission, reachesAsFar(scope, limit) ? limit : scope)',
    replace: 'common.set(permission, limit)',
    caughtBy: ['src/rbac/authorization.spec'],
  },
  {
    name: 'a member of a deleted tenant is told of it',
    file: 'src/rbac/principal.ts',
    find: "if (status === 'DELETED' && !mayRestore) throw new NoLongerMember();",
    replace: 'void mayRestore;',
    caughtBy: [principal],
  },
  {
    name: 'leaving a team evicts nobody',
    file: 'src/rbac/teams/team.service.ts',
    find: 'const evicted = { tags: [RbacTags.teams] };',
    replace: "const evicted = { tags: [RbacTags.credential('nobody')] };",
    caughtBy: [revocation],
    tests: 'cache in memory refuses every request after leaving the team',
  },
  {
    name: 'a foreign row is handed out',
    file: 'src/metrics/isolation-violations.ts',
    find: '      throw new ForeignRow();',
    replace: '      void ForeignRow;',
    caughtBy: ['src/metrics/isolation-violations.spec'],
  },
];
