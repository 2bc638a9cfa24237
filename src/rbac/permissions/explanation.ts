import { parseGrants, type Permission, type Scope } from '../permission';
import { authorizationOf, roleGrants, type Principal } from '../principal';

export const REASONS = ['account', 'membership', 'tenant', 'role', 'api-token', 'scope'] as const;

/** One thing that was looked at, in the order in which a request is decided. */
export interface Reason {
  readonly about: (typeof REASONS)[number];
  /** Whether it stands in the way. */
  readonly refuses: boolean;
  readonly message: string;
}

export interface Explanation {
  readonly allowed: boolean;
  /** How far the permission reaches; null when it is not allowed. */
  readonly scope: Scope | null;
  readonly reasons: readonly Reason[];
}

/** Why somebody may do something, or may not: by what the guard decides on. */
export function explain(principal: Principal, permission: Permission): Explanation {
  const scope = authorizationOf(principal).scopeOf(permission);
  const reasons = [...standing(principal), ...granting(principal, permission)];
  const allowed = !reasons.some(({ refuses }) => refuses);
  if (allowed && scope)
    reasons.push({ about: 'scope', refuses: false, message: reached(principal, permission, scope) });
  return { allowed, scope: allowed && scope ? scope : null, reasons };
}

function standing({ accountStatus, membershipStatus, tenant }: Principal): Reason[] {
  return [
    { about: 'account', refuses: accountStatus !== 'ACTIVE', message: `The account is ${accountStatus}.` },
    { about: 'membership', refuses: membershipStatus !== 'ACTIVE', message: `The membership is ${membershipStatus}.` },
    { about: 'tenant', refuses: tenant.status !== 'ACTIVE', message: `The tenant is ${tenant.status}.` },
  ];
}

function granting({ role, credential }: Principal, permission: Permission): Reason[] {
  const granted = roleGrants(role).get(permission);
  const ofRole: Reason = {
    about: 'role',
    refuses: granted === undefined,
    message: granted
      ? `The role ${role.name} grants ${permission} with the scope ${granted}.`
      : `The role ${role.name} does not grant ${permission}.`,
  };
  if (!credential?.grants) return [ofRole];
  const left = parseGrants(credential.grants).get(permission);
  const message = left
    ? `The API token is narrowed to ${permission} with the scope ${left}; the smaller scope counts.`
    : `The API token is narrowed to other permissions than ${permission}.`;
  return [ofRole, { about: 'api-token', refuses: left === undefined, message }];
}

function reached({ teamMateIds }: Principal, permission: Permission, scope: Scope): string {
  if (scope === 'tenant') return `${permission} reaches everything in the tenant.`;
  const own = `${permission} reaches what they own or are assigned to`;
  return scope === 'own' ? `${own}.` : `${own}, and what their team mates do: ${teamMateIds.length} at the moment.`;
}
