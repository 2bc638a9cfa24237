import { tag } from '../cache/tag';

/** What a decision depends on. Whoever changes one of these evicts its tag, in the same transaction. */
export const RbacTags = {
  /** Role and status of a member, and the account behind it. */
  member: (userId: string) => tag('rbac', 'member', userId),
  /** Lists and counts of members: every change of any member. */
  members: tag('rbac', 'members'),
  /** What any custom role may do. */
  roles: tag('rbac', 'roles'),
  /** Who is in which team. */
  teams: tag('rbac', 'teams'),
  /** The tenant itself: its name, whether it is suspended. */
  tenant: tag('rbac', 'tenant'),
  /** A session or an API token. */
  credential: (id: string) => tag('rbac', 'credential', id),
};
