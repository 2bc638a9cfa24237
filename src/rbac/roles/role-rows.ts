import type { ReadSession, Transaction } from '../../database/session';
import { NotFound } from '../../errors/http.errors';
import type { RoleState } from '../escalation';
import { roleGrants } from '../principal';

/** A role with what can be said about it. */
export interface RoleRow extends RoleState {
  readonly name: string;
  readonly description: string;
  readonly memberCount: number;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

type StoredRole = Omit<RoleRow, 'grants'> & { readonly permissions: readonly string[] | null };

export const ROLE_COLUMNS = `
  r.id, r.key, r.name, r.description, r.level, r.permissions, r.version, r.created_at AS "createdAt",
  r.updated_at AS "updatedAt",
  (SELECT count(*) FROM memberships m WHERE m.tenant_id = r.tenant_id AND m.role_id = r.id) AS "memberCount"`;

export function toRoleRow<Row extends StoredRole>({ permissions, ...role }: Row): Omit<Row, 'permissions'> & RoleRow {
  return { ...role, grants: roleGrants({ key: role.key, permissions }) };
}

export async function findRole(session: ReadSession, id: string): Promise<RoleRow | undefined> {
  const sql = `SELECT ${ROLE_COLUMNS} FROM roles r WHERE r.tenant_id = $1 AND r.id = $2`;
  const [row] = await session.query<StoredRole>(sql, [session.tenantId, id]);
  return row && toRoleRow(row);
}

/** @throws NotFound 404 */
export async function lockRole(tx: Transaction, id: string): Promise<RoleRow> {
  await tx.query('SELECT FROM roles WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [tx.tenantId, id]);
  const role = await findRole(tx, id);
  if (!role) throw new NotFound('role');
  return role;
}
