import { predefinedRoles } from '../../src/rbac/role-matrix';
import type { Route } from './routes';

/** `resource:action` to how far it reaches. Worked out here, from the table of roles alone. */
export type Rights = Readonly<Record<string, 'own' | 'team' | 'tenant'>>;

/** Whose it is, seen from the caller. `other-tenant` is not the caller's, whoever's it is there. */
export type Whose = 'own' | 'team-mate' | 'colleague' | 'other-tenant' | 'missing';

export type Expected =
  /** `orElse`: what the operation may answer instead, when it finds nothing to do. */
  | { readonly status: 'allowed'; readonly orElse?: readonly number[] }
  | { readonly status: 401 | 404 }
  /** Undefined permission: refused by another rule. */
  | { readonly status: 403; readonly permission?: string };

export interface Caller {
  /** Whether the credential is good, of an active member of the tenant. */
  readonly isGood: boolean;
  readonly isApiToken: boolean;
  readonly rights: Rights;
}

/** A higher level has everything that lower ones have. */
export function rightsOfRole(key: string): Rights {
  const role = predefinedRoles.find((candidate) => candidate.key === key);
  const rights: Record<string, 'own' | 'team' | 'tenant'> = {};
  for (const { level, adds } of predefinedRoles) {
    if (role && level <= role.level) Object.assign(rights, adds);
  }
  return rights;
}

export function expectationOf(route: Route, caller: Caller, whose: Whose | undefined): Expected {
  const expected = decisionOn(route, caller, whose);
  return expected.status === 'allowed' && route.orElse ? { ...expected, orElse: route.orElse } : expected;
}

function decisionOn(
  { needs, object, seen, reach, notOneself, tenantWide, ownOr }: Route,
  caller: Caller,
  whose: Whose | undefined,
): Expected {
  if (needs === 'public') return { status: 'allowed' };
  if (!caller.isGood) return { status: 401 };
  if (needs === 'session') {
    if (caller.isApiToken) return { status: 403 };
  } else if (needs !== 'member') {
    for (const permission of needs) {
      if (!has(caller.rights, permission)) return { status: 403, permission };
    }
  }
  const [first = ''] = typeof needs === 'string' ? [] : needs;
  if (tenantWide && caller.rights[first] !== 'tenant') return { status: 403, permission: first };
  if (object === undefined || whose === undefined) return { status: 'allowed' };
  if (whose === 'other-tenant' || whose === 'missing') return { status: 404 };
  // Sessions and API tokens are everybody's own business.
  if (needs === 'session') return { status: whose === 'own' ? 'allowed' : 404 };
  if (ownOr !== undefined) {
    return { status: whose === 'own' || caller.rights[ownOr] === 'tenant' ? 'allowed' : 404 };
  }
  if (notOneself && whose === 'own') return { status: 403 };
  if (seen === undefined) return { status: 'allowed' };
  if (!reaches(caller.rights[seen], whose)) return { status: 404 };
  const permission = reach ?? (Array.isArray(needs) ? String(needs[0]) : seen);
  return reaches(caller.rights[permission], whose) ? { status: 'allowed' } : { status: 403, permission };
}

/** What belongs to nobody (and changing who may do what) is granted in the whole tenant, or not at all. */
function has(rights: Rights, permission: string): boolean {
  const scope = rights[permission];
  const isOwnable = /^(risk|mitigation|dashboard|asset|audit):|^user:read$/.test(permission);
  return scope !== undefined && (isOwnable || scope === 'tenant');
}

function reaches(scope: Rights[string] | undefined, whose: Whose): boolean {
  if (scope === 'tenant') return true;
  if (scope === 'team') return whose === 'own' || whose === 'team-mate';
  return scope === 'own' && whose === 'own';
}
