import { SCOPES, type Grants, type Permission } from '../../src/rbac/permission';

/** Somebody at one moment; who is disabled or gone holds nothing. */
export interface Held {
  readonly level: number;
  readonly grants: Grants;
  readonly isAdmin: boolean;
}

/** Who holds what, and who is in a team with whom, at one moment. */
export interface Snapshot {
  readonly people: ReadonlyMap<string, Held>;
  readonly teams: readonly ReadonlySet<string>[];
}

/** Who has made the change, with what they could do through the credential they came with. */
export interface Granter {
  readonly userId: string;
  readonly level: number;
  readonly grants: Grants;
}

const nobody: Held = { level: -1, grants: new Map(), isAdmin: false };

/**
 * What came of a change that should not: written without a look at the rules that are to prevent it.
 *
 * @returns a sentence for each
 */
export function escalationsIn(before: Snapshot, after: Snapshot, granter: Granter): string[] {
  const found: string[] = [];
  for (const [userId, now] of after.people) {
    const was = before.people.get(userId) ?? nobody;
    const own = userId === granter.userId;
    if (now.level > Math.max(was.level, own ? -1 : granter.level)) found.push(`${userId} rose to level ${now.level}`);
    for (const [permission, scope] of now.grants) {
      const sources = own ? [was.grants] : [was.grants, granter.grants];
      if (Math.max(...sources.map((grants) => widthOf(grants, permission))) < SCOPES.indexOf(scope)) {
        found.push(`${userId} got ${permission}:${scope}`);
      }
    }
  }
  if (![...after.people.values()].some(({ isAdmin }) => isAdmin)) found.push('there is no Admin');
  return found;
}

/** The same for changes of teams: whose things somebody reaches now that neither they nor the granter did before. */
export function widerReachesIn(before: Snapshot, after: Snapshot, { userId: granterId, grants }: Granter): string[] {
  const granted: Snapshot = {
    ...before,
    people: new Map([...before.people, [granterId, { ...nobody, grants }]]),
  };
  const found: string[] = [];
  for (const [userId, { grants: held }] of after.people) {
    for (const permission of held.keys()) {
      if (grants.get(permission) === 'tenant') continue;
      const known = new Set([...reachOf(before, userId, permission), ...reachOf(granted, granterId, permission)]);
      for (const reached of reachOf(after, userId, permission)) {
        if (!known.has(reached)) found.push(`${userId} reaches ${reached} with ${permission}`);
      }
    }
  }
  return found;
}

function reachOf({ people, teams }: Snapshot, userId: string, permission: Permission): Iterable<string> {
  const scope = people.get(userId)?.grants.get(permission);
  if (scope === undefined) return [];
  if (scope === 'tenant') return people.keys();
  const mates = scope === 'team' ? teams.filter((team) => team.has(userId)).flatMap((team) => [...team]) : [];
  return [userId, ...mates];
}

function widthOf(grants: Grants, permission: Permission): number {
  const scope = grants.get(permission);
  return scope === undefined ? -1 : SCOPES.indexOf(scope);
}
