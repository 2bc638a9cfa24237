import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { currentActor } from '../../context/request-context';
import { Database } from '../../database/database';
import { NotFound } from '../../errors/http.errors';
import { GrantsReader } from '../grants.reader';
import { Permission } from '../permission';
import { PrincipalReader } from '../principal.reader';
import { RbacTags } from '../rbac.cache';
import { Forbidden } from '../rbac.errors';
import { explain } from './explanation';
import {
  MAX_CUSTOM_ROLES,
  permissionMatrix,
  type CustomRole,
  type ExplainQuery,
  type ExplanationResponse,
  type PermissionMatrixResponse,
} from './permissions.dto';

@Injectable()
export class PermissionsReader {
  constructor(
    private readonly database: Database,
    private readonly principals: PrincipalReader,
    private readonly grants: GrantsReader,
  ) {}

  async matrix(): Promise<PermissionMatrixResponse> {
    const seesRoles = (await this.grants.scopeOf(Permission.RoleRead)) === 'tenant';
    return permissionMatrix(seesRoles ? await this.customRoles() : []);
  }

  /** @throws Forbidden 403 for others without user:read; NotFound 404 for who is no member */
  async explain({ permission, userId = currentActor().userId }: ExplainQuery): Promise<ExplanationResponse> {
    return { userId, permission, ...explain(await this.principalToExplain(userId), permission) };
  }

  @Cacheable({ cache: 'rbac', key: () => ['roles', 'matrix'], tags: [RbacTags.roles] })
  async customRoles(): Promise<CustomRole[]> {
    return this.database.read((session) =>
      session.query<CustomRole>(
        `SELECT tenant_id, id, name, level, permissions FROM roles
          WHERE tenant_id = $1 AND key IS NULL ORDER BY level, name, id LIMIT ${MAX_CUSTOM_ROLES}`,
        [session.tenantId],
      ),
    );
  }

  private async principalToExplain(userId: string) {
    if (userId === currentActor().userId) return this.principals.current();
    const { UserRead: seen } = Permission;
    if ((await this.grants.scopeOf(seen)) === undefined) throw new Forbidden(seen);
    this.grants.assertReaches(seen, { kind: 'member', seen, responsible: [userId] });
    const principal = await this.principals.principalOf(userId);
    if (!principal) throw new NotFound('member');
    return principal;
  }
}
