import { instantSql } from '../../database/instant-sql';
import type { ReadSession, Transaction } from '../../database/session';
import { NotFound, UnprocessableBody } from '../../errors/http.errors';
import type { MemberState, RoleState } from '../escalation';
import { roleGrants } from '../principal';
import type { MemberResponse, MemberStatus } from './member.dto';

/** A member as decisions need them. */
export interface MemberRow extends MemberState {
  readonly status: MemberStatus;
  readonly version: number;
}

interface StoredRole {
  readonly id: string;
  readonly key: string | null;
  readonly level: number;
  readonly permissions: readonly string[] | null;
}

const STORED_ROLE = `json_build_object('id', r.id, 'key', r.key, 'level', r.level, 'permissions', r.permissions)`;

/** Of `memberships m`, `users u` and `roles r`. Whose account is disabled cannot get in either. */
export const MEMBER_STATUS = `CASE WHEN u.status = 'ACTIVE' THEN m.status ELSE u.status END`;

export const MEMBER_JSON = `json_build_object(
  'id', u.id, 'email', u.email, 'name', u.name,
  'role', json_build_object('id', r.id, 'key', r.key, 'name', r.name, 'level', r.level),
  'status', ${MEMBER_STATUS},
  'teams', (SELECT coalesce(json_agg(json_build_object('id', t.id, 'name', t.name) ORDER BY t.name, t.id), '[]')
              FROM team_members tm JOIN teams t ON t.tenant_id = tm.tenant_id AND t.id = tm.team_id
             WHERE tm.tenant_id = m.tenant_id AND tm.user_id = m.user_id),
  'joinedAt', ${instantSql('m.created_at')}, 'version', m.version)`;

export const MEMBERS = `memberships m
  JOIN users u ON u.id = m.user_id
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id`;

export async function findMember(session: ReadSession, userId: string): Promise<MemberResponse | undefined> {
  const [row] = await session.query<{ member: MemberResponse }>(
    `SELECT ${MEMBER_JSON} AS member FROM ${MEMBERS} WHERE m.tenant_id = $1 AND m.user_id = $2`,
    [session.tenantId, userId],
  );
  return row?.member;
}

/** @throws NotFound 404 */
export async function shownMember(session: ReadSession, userId: string): Promise<MemberResponse> {
  const member = await findMember(session, userId);
  if (!member) throw new NotFound('member');
  return member;
}

/** @returns those that there are, in no order */
export async function lockMembers(tx: Transaction, userIds: readonly string[]): Promise<MemberRow[]> {
  const rows = await tx.query<Omit<MemberRow, 'role'> & { role: StoredRole }>(
    `SELECT m.user_id AS "userId", m.status, m.version, ${STORED_ROLE} AS role
       FROM memberships m JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
      WHERE m.tenant_id = $1 AND m.user_id = ANY ($2::uuid[])
        FOR UPDATE OF m`,
    [tx.tenantId, userIds],
  );
  return rows.map(({ role, ...row }) => ({ ...row, role: toRoleState(role) }));
}

/** @throws NotFound 404 */
export async function lockMember(tx: Transaction, userId: string): Promise<MemberRow> {
  const [member] = await lockMembers(tx, [userId]);
  if (!member) throw new NotFound('member');
  return member;
}

/** The role that a request wants somebody to have. @throws UnprocessableBody 422 when the tenant has no such role */
export async function roleToAssign(tx: Transaction, roleId: string): Promise<RoleState> {
  const [row] = await tx.query<{ role: StoredRole }>(
    `SELECT ${STORED_ROLE} AS role FROM roles r WHERE r.tenant_id = $1 AND r.id = $2 FOR SHARE`,
    [tx.tenantId, roleId],
  );
  if (!row) {
    throw new UnprocessableBody('There is no such role.', [
      { pointer: '/roleId', code: 'unknown-role', message: 'is not the id of a role of this tenant' },
    ]);
  }
  return toRoleState(row.role);
}

/** Those who can undo whatever the others do: active members, with active accounts, in the predefined role Admin. */
export async function countAdmins(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*) AS count FROM ${MEMBERS} WHERE m.tenant_id = $1 AND r.key = 'admin' AND ${MEMBER_STATUS} = 'ACTIVE'`,
    [tx.tenantId],
  );
  return row?.count ?? 0;
}

function toRoleState({ id, key, level, permissions }: StoredRole): RoleState {
  return { id, key, level, grants: roleGrants({ key, permissions }) };
}
