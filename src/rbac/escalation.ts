import { AboveOwnLevel, LastAdmin, OwnAccess, PredefinedRole, ReservedRoleName } from './escalation.errors';
import { reachesAsFar, type Grants, type Permission } from './permission';
import { Forbidden } from './rbac.errors';
import { predefinedRoles } from './role-matrix';

// Whoever may change roles, members and teams could give themselves everything. These rules let nobody give, take over or
// undo more than they have. They know nothing of HTTP and Postgres; each service asks them inside its transaction, with
// what it has read under the tenant's access lock.

/** Who acts: through an API token, its narrowed rights are all there is. */
export interface Acting {
  readonly userId: string;
  readonly roleId: string;
  readonly level: number;
  readonly grants: Grants;
}

export interface RoleState {
  readonly id: string;
  /** Null for a role of the tenant's own. */
  readonly key: string | null;
  readonly level: number;
  readonly grants: Grants;
}

export interface MemberState {
  readonly userId: string;
  readonly role: RoleState;
}

/**
 * Nobody gives a permission they lack, or gives it further than they have it.
 *
 * @throws Forbidden 403 naming the permission
 */
export function assertMayGrant({ grants: own }: Pick<Acting, 'grants'>, given: Grants): void {
  for (const [permission, scope] of given) {
    if (!reachesAsFar(own.get(permission), scope)) {
      throw new Forbidden(permission, `You cannot give ${permission}:${scope}: you do not have it yourself.`);
    }
  }
}

/**
 * Making somebody hold a role gives them everything in it.
 *
 * @throws AboveOwnLevel 403, Forbidden 403
 */
export function assertMayAssign(acting: Acting, role: RoleState): void {
  assertNotAbove(acting, 'The role', role.level);
  assertMayGrant(acting, role.grants);
}

/**
 * Before a member's role or status changes, or their membership ends.
 *
 * @throws OwnAccess 403 for oneself, AboveOwnLevel 403
 */
export function assertMayManage(acting: Acting, member: MemberState): void {
  if (member.userId === acting.userId) throw new OwnAccess();
  assertNotAbove(acting, 'The member', member.role.level);
}

/** Before people are put into a team or taken out of one, oneself included. @throws AboveOwnLevel 403 */
export function assertMayManageAll(acting: Acting, members: readonly MemberState[]): void {
  for (const { role } of members) assertNotAbove(acting, 'A member', role.level);
}

/** Before an invitation is taken back. @throws AboveOwnLevel 403 */
export function assertMayWithdraw(acting: Acting, role: RoleState): void {
  assertNotAbove(acting, 'The role', role.level);
}

/** @throws AboveOwnLevel 403, Forbidden 403 */
export function assertMayMakeRole(acting: Acting, role: Omit<RoleState, 'id' | 'key'>): void {
  assertNotAbove(acting, 'The role', role.level);
  assertMayGrant(acting, role.grants);
}

/**
 * What stays as it is was given by somebody who had it; what is new in the role its editor must have.
 *
 * @param after undefined: the role is deleted
 * @throws PredefinedRole 409, OwnAccess 403, AboveOwnLevel 403, Forbidden 403
 */
export function assertMayEditRole(acting: Acting, before: RoleState, after?: Omit<RoleState, 'id' | 'key'>): void {
  if (before.key !== null) throw new PredefinedRole();
  if (before.id === acting.roleId) throw new OwnAccess();
  assertNotAbove(acting, 'The role', before.level);
  if (after) assertMayMakeRole(acting, { level: after.level, grants: addedTo(before.grants, after.grants) });
}

/**
 * Being in a team with others widens every right that reaches as far as the team, for all of them. Who puts people
 * together must have these rights in the whole tenant.
 *
 * @param together everybody in the team, the new one included
 * @throws Forbidden 403 naming the permission
 */
export function assertMayTeamUp({ grants: own }: Pick<Acting, 'grants'>, together: readonly MemberState[]): void {
  const ofTeam = together.flatMap(({ role }) => [...role.grants].filter(([, scope]) => scope === 'team'));
  assertMayGrant({ grants: own }, new Map(ofTeam.map(([permission]) => [permission, 'tenant'] as const)));
}

/**
 * @param before and after the active members with the role Admin; a tenant without one (there should be none) may still
 *   change other things
 * @throws LastAdmin 409
 */
export function assertAdminRemains(before: number, after: number): void {
  if (before > 0 && after === 0) throw new LastAdmin();
}

/** As names are compared: Unicode compatibility forms (full width, ligatures) and case are the same to a reader. */
export function foldName(name: string): string {
  // Upper case first: it unites what lower case alone keeps apart (ſ and s, ß and ss).
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC').trim().replaceAll(/\s+/g, ' ');
}

const reserved = new Set(predefinedRoles.map(({ name }) => foldName(name)));

/** @throws ReservedRoleName 409 */
export function assertNotReserved(name: string): void {
  if (reserved.has(foldName(name))) throw new ReservedRoleName();
}

function assertNotAbove(acting: Acting, what: string, level: number): void {
  if (level > acting.level) throw new AboveOwnLevel(what, level, acting.level);
}

/** What the one grants that the other does not, or not as far. */
function addedTo(before: Grants, after: Grants): Grants {
  const isNew = ([permission, scope]: [Permission, Parameters<typeof reachesAsFar>[1]]): boolean =>
    !reachesAsFar(before.get(permission), scope);
  return new Map([...after].filter(isNew));
}
