import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import type { Transaction } from '../../database/session';
import { brokenConstraint } from '../../database/sql-errors';
import { NotFound } from '../../errors/http.errors';
import { assertVersion, type ExpectedVersion } from '../../http/conditional';
import { AccessChanges } from '../access-changes';
import { assertMayEditRole, assertMayMakeRole, assertNotReserved, type Acting } from '../escalation';
import { OPEN_INVITATION } from '../invitations/accept-invitation';
import { isPermission, Permission, type Grant, type Grants } from '../permission';
import { RbacTags } from '../rbac.cache';
import { readGrants, storedGrants } from './role-grants';
import { findRole, lockRole, type RoleRow } from './role-rows';
import { toRoleResponse, type CreateRole, type TenantRoleResponse, type UpdateRole } from './role.dto';
import { RoleInUse, RoleNameTaken } from './role.errors';

type RoleChange = Pick<RoleRow, 'name' | 'description' | 'level' | 'grants'>;

const evicted = { tags: [RbacTags.roles] };

/** Roles of the tenant's own. All of these may throw what the rules of escalation.ts throw. */
@Injectable()
export class RoleService {
  constructor(
    private readonly access: AccessChanges,
    private readonly audit: AuditLog,
  ) {}

  /** @throws RoleNameTaken 409, ReservedRoleName 409, UnprocessableBody 422 */
  @CacheEvict(evicted)
  create({ name, description = '', level, grants }: CreateRole): Promise<TenantRoleResponse> {
    const role = { id: uuidv7(), name, description, level, grants: readGrants(grants) };
    return this.access.change(Permission.RoleCreate, async (tx, acting) => {
      assertMayMakeRole(acting, role);
      assertNotReserved(name);
      await unlessNameTaken(
        tx.query(
          `INSERT INTO roles (tenant_id, id, name, description, level, permissions) VALUES ($1, $2, $3, $4, $5, $6)`,
          [tx.tenantId, role.id, name, description, level, storedGrants(role.grants)],
        ),
      );
      await this.record(tx, 'role.create', role.id, { name, level, grants: storedGrants(role.grants) });
      return shown(tx, role.id);
    });
  }

  /** @throws NotFound 404, StaleVersion 412, PredefinedRole 409, RoleNameTaken 409, UnprocessableBody 422 */
  @CacheEvict(evicted)
  update(id: string, expected: ExpectedVersion, { grants, ...change }: UpdateRole): Promise<TenantRoleResponse> {
    const given = { ...change, ...(grants && { grants: readGrants(grants) }) };
    return this.access.change(Permission.RoleUpdate, async (tx, acting) => {
      const before = await lockRole(tx, id);
      assertVersion(expected, before.version);
      return this.edit(tx, acting, before, { ...before, ...given });
    });
  }

  /** Adds a permission, or changes how far it reaches. @throws NotFound 404, PredefinedRole 409, UnprocessableBody 422 */
  @CacheEvict(evicted)
  grant(id: string, grant: Grant): Promise<TenantRoleResponse> {
    const added = readGrants([grant], () => '');
    return this.access.change(Permission.RoleUpdate, async (tx, acting) => {
      const before = await lockRole(tx, id);
      return this.edit(tx, acting, before, { ...before, grants: new Map([...before.grants, ...added]) });
    });
  }

  /** @throws NotFound 404 also for a permission that the role does not have, PredefinedRole 409 */
  @CacheEvict(evicted)
  revoke(id: string, permission: string): Promise<void> {
    return this.access.change(Permission.RoleUpdate, async (tx, acting) => {
      const before = await lockRole(tx, id);
      if (!isPermission(permission) || !before.grants.has(permission)) throw new NotFound('permission in this role');
      const grants = new Map([...before.grants].filter(([held]) => held !== permission));
      await this.edit(tx, acting, before, { ...before, grants });
    });
  }

  /** @throws NotFound 404, StaleVersion 412, PredefinedRole 409, RoleInUse 409 */
  @CacheEvict(evicted)
  remove(id: string, expected: ExpectedVersion): Promise<void> {
    return this.access.change(Permission.RoleDelete, async (tx, acting) => {
      const role = await lockRole(tx, id);
      assertVersion(expected, role.version);
      assertMayEditRole(acting, role);
      const [open] = await tx.query<{ count: number }>(
        `SELECT count(*) AS count FROM invitations i WHERE i.tenant_id = $1 AND i.role_id = $2 AND ${OPEN_INVITATION}`,
        [tx.tenantId, id],
      );
      const invitations = open?.count ?? 0;
      if (role.memberCount + invitations > 0) throw new RoleInUse(role.memberCount, invitations);
      // Those that are over say nothing that the audit log does not.
      await tx.query('DELETE FROM invitations WHERE tenant_id = $1 AND role_id = $2', [tx.tenantId, id]);
      await tx.query('DELETE FROM roles WHERE tenant_id = $1 AND id = $2', [tx.tenantId, id]);
      await this.record(tx, 'role.delete', id, { name: role.name });
    });
  }

  private async edit(tx: Transaction, acting: Acting, before: RoleRow, after: RoleChange): Promise<TenantRoleResponse> {
    assertMayEditRole(acting, before, after);
    const details = differences(before, after);
    if (Object.keys(details).length === 0) return toRoleResponse(before);
    if ('name' in details) assertNotReserved(after.name);
    const { name, description, level, grants } = after;
    await unlessNameTaken(
      tx.query(
        `UPDATE roles SET name = $3, description = $4, level = $5, permissions = $6, version = version + 1,
                updated_at = statement_timestamp()
          WHERE tenant_id = $1 AND id = $2`,
        [tx.tenantId, before.id, name, description, level, storedGrants(grants)],
      ),
    );
    await this.record(tx, 'role.update', before.id, details);
    return shown(tx, before.id);
  }

  private record(tx: Transaction, action: string, resourceId: string, details: Record<string, unknown>): Promise<void> {
    return this.audit.record(tx, { action, resource: 'role', resourceId, details });
  }
}

function differences(before: RoleChange, after: RoleChange): Record<string, { before: unknown; after: unknown }> {
  const texts = (grants: Grants): string => storedGrants(grants).join(' ');
  const fields = [
    ['name', before.name, after.name],
    ['description', before.description, after.description],
    ['level', before.level, after.level],
    ['grants', texts(before.grants), texts(after.grants)],
  ] as const;
  const changed = fields.filter(([, old, now]) => old !== now);
  return Object.fromEntries(changed.map(([field, old, now]) => [field, { before: old, after: now }]));
}

async function shown(tx: Transaction, id: string): Promise<TenantRoleResponse> {
  const role = await findRole(tx, id);
  if (!role) throw new NotFound('role');
  return toRoleResponse(role);
}

async function unlessNameTaken(statement: Promise<unknown>): Promise<void> {
  try {
    await statement;
  } catch (error) {
    throw brokenConstraint(error) === 'roles_name_key' ? new RoleNameTaken(error) : error;
  }
}
