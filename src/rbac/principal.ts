import { Unauthenticated } from '../errors/http.errors';
import { Authorization } from './authorization';
import { intersectionOf, parseGrants, Permission, type Grants } from './permission';
import { TenantDeleted, TenantSuspended } from './rbac.errors';
import { grantsOf } from './role-matrix';

export type TenantStatus = 'ACTIVE' | 'SUSPENDED' | 'DELETED';

/** A member of the current tenant with everything that decides what they may do, as plain JSON. */
export interface Principal {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly accountStatus: 'ACTIVE' | 'DISABLED';
  readonly membershipStatus: 'ACTIVE' | 'DISABLED';
  readonly tenant: {
    readonly id: string;
    readonly slug: string;
    readonly name: string;
    readonly status: TenantStatus;
  };
  readonly role: {
    readonly id: string;
    /** Null for a role that is not predefined. */
    readonly key: string | null;
    readonly name: string;
    readonly level: number;
    /** Of a custom role, each `resource:action:scope`. */
    readonly permissions: readonly string[] | null;
  };
  readonly teamIds: readonly string[];
  readonly teamMateIds: readonly string[];
  /** The session or API token that was asked for; null when there is none such. */
  readonly credential: {
    readonly expiresAt: string;
    readonly isRevoked: boolean;
    /** What an API token is narrowed to; null: not narrowed. */
    readonly grants: readonly string[] | null;
  } | null;
}

const compiled = new WeakMap<Principal, Authorization>();

/** Compiled once per principal that the cache hands out. */
export function authorizationOf(principal: Principal): Authorization {
  const known = compiled.get(principal);
  if (known) return known;
  const authorization = new Authorization(grantsOfPrincipal(principal), principal);
  compiled.set(principal, authorization);
  return authorization;
}

/** The rights of the role now; an API token narrows them and never widens. */
function grantsOfPrincipal({ role, credential }: Principal): Grants {
  const grants = roleGrants(role);
  return credential?.grants ? intersectionOf(grants, parseGrants(credential.grants)) : grants;
}

export function roleGrants({ key, permissions }: Pick<Principal['role'], 'key' | 'permissions'>): Grants {
  return permissions === null ? grantsOf(key) : parseGrants(permissions);
}

/**
 * @param needsCredential false for work of our own, which has neither session nor API token
 * @throws Unauthenticated 401 when account, membership, session or API token are no longer good
 */
export function assertLive({ accountStatus, membershipStatus, credential }: Principal, needsCredential: boolean): void {
  if (accountStatus !== 'ACTIVE' || membershipStatus !== 'ACTIVE') throw new NoLongerMember();
  if (!needsCredential) return;
  if (!credential || credential.isRevoked || !(Date.parse(credential.expiresAt) > Date.now())) {
    throw new Unauthenticated('The session or API token has ended.');
  }
}

/**
 * @param tolerated besides ACTIVE
 * @throws TenantSuspended 403; TenantDeleted 403 for who may still restore it; Unauthenticated 401 for the others
 */
export function assertTenantIs(tolerated: readonly TenantStatus[], principal: Principal): void {
  const { status } = principal.tenant;
  const mayRestore = authorizationOf(principal).allows(Permission.TenantAdmin);
  if (status === 'DELETED' && !mayRestore) throw new NoLongerMember();
  if (status === 'ACTIVE' || tolerated.includes(status)) return;
  throw status === 'SUSPENDED' ? new TenantSuspended() : new TenantDeleted();
}

export class NoLongerMember extends Unauthenticated {
  constructor() {
    super('The account or its membership is no longer active.');
  }
}
