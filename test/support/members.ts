import type { RoleKey } from '../../src/rbac/role-matrix';
import { withClient } from './open-database';
import type { TestApp, TestTenant } from './test-app';

/** Makes a member of one tenant a member of another one as well, with a role of its own there. */
export function joinTenant({ database }: TestApp, userId: string, tenant: TestTenant, role: RoleKey): Promise<unknown> {
  return withClient(database.adminUrl, (client) =>
    client.query(
      `INSERT INTO memberships (tenant_id, user_id, role_id)
       SELECT tenant_id, $1, id FROM roles WHERE tenant_id = $2 AND key = $3`,
      [userId, tenant.id, role],
    ),
  );
}

/** What the audit log of a tenant says, oldest first; past the API. */
export async function auditEntries({ database }: TestApp, tenant: { id: string }, action: string) {
  const { rows } = await withClient(database.adminUrl, (client) =>
    client.query<AuditRow>(
      `SELECT actor_id AS "actorId", session_id AS "sessionId", resource, resource_id AS "resourceId", outcome, details
         FROM audit_log WHERE tenant_id = $1 AND action = $2 ORDER BY at, id`,
      [tenant.id, action],
    ),
  );
  return rows;
}

interface AuditRow {
  readonly actorId: string | null;
  readonly sessionId: string | null;
  readonly resource: string;
  readonly resourceId: string | null;
  readonly outcome: string;
  readonly details: Readonly<Record<string, unknown>>;
}
