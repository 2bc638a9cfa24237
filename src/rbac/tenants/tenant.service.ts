import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { currentActor } from '../../context/request-context';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { UnprocessableBody } from '../../errors/http.errors';
import { assertVersion, type ExpectedVersion } from '../../http/conditional';
import { withChanges } from '../../http/flat-object';
import { AccessChanges } from '../access-changes';
import { assertMayGrant } from '../escalation';
import { Permission } from '../permission';
import type { TenantStatus } from '../principal';
import { RbacTags } from '../rbac.cache';
import { MEMBER_STATUS, MEMBERS } from '../users/member-rows';
import { insertTenant, unlessSlugTaken } from './create-tenant';
import { TenantConfig } from './tenant.config';
import type { CreateTenantRequest, TenantResponse, UpdateTenantRequest } from './tenant.dto';
import { TenantCreationOff, WrongTenantStatus } from './tenant.errors';
import { assertCurrentTenant, shownTenant } from './tenant.reader';

const evicted = { tags: [RbacTags.tenant] };

@Injectable()
export class TenantService {
  constructor(
    private readonly database: Database,
    private readonly access: AccessChanges,
    private readonly audit: AuditLog,
    private readonly config: TenantConfig,
  ) {}

  /**
   * Makes another tenant, whose owner and Admin the caller is. Evicts nothing: nobody has asked about it yet.
   *
   * @throws TenantCreationOff 403, SlugTaken 409
   */
  create({ name, slug }: CreateTenantRequest): Promise<TenantResponse> {
    if (this.config.creation === 'off') throw new TenantCreationOff();
    const { userId } = currentActor();
    return this.database.transaction(
      async (tx) => {
        await insertTenant(tx, { name, slug, createdAt: new Date() }, [{ userId, role: 'admin' }]);
        await this.record(tx, 'tenant.create', { name, slug });
        return shownTenant(tx);
      },
      { tenantId: uuidv7(), userId },
    );
  }

  /** @throws NotFound 404, StaleVersion 412, SlugTaken 409, UnprocessableBody 422 for an owner who is no Admin */
  @CacheEvict(evicted)
  async update(id: string, expected: ExpectedVersion, change: UpdateTenantRequest): Promise<TenantResponse> {
    assertCurrentTenant(id);
    return this.access.change(Permission.TenantUpdate, async (tx, acting) => {
      const before = await lockTenant(tx);
      assertVersion(expected, before.version);
      const { name = before.name, slug = before.slug, ownerId = before.owner.id, metadata = {} } = change;
      if (ownerId !== before.owner.id) {
        assertMayGrant(acting, new Map([[Permission.TenantAdmin, 'tenant']]));
        await assertAdmin(tx, ownerId);
      }
      const after = { name, slug, ownerId, metadata: withChanges(before.metadata, metadata) };
      const was = { name: before.name, slug: before.slug, ownerId: before.owner.id, metadata: before.metadata };
      if (JSON.stringify(after) === JSON.stringify(was)) return before;
      await unlessSlugTaken(tx.query(UPDATE, [tx.tenantId, name, slug, ownerId, JSON.stringify(after.metadata)]));
      await this.record(tx, 'tenant.update', { before: was, after });
      return shownTenant(tx);
    });
  }

  /** Nobody but who resumes it gets further than reading it. @throws NotFound 404, WrongTenantStatus 409 */
  @CacheEvict(evicted)
  async suspend(id: string): Promise<TenantResponse> {
    return this.move(id, Permission.TenantAdmin, 'tenant.suspend', ['ACTIVE'], 'SUSPENDED');
  }

  /** @throws NotFound 404, WrongTenantStatus 409 */
  @CacheEvict(evicted)
  async resume(id: string): Promise<TenantResponse> {
    return this.move(id, Permission.TenantAdmin, 'tenant.resume', ['SUSPENDED'], 'ACTIVE');
  }

  /** For the days of grace it can be restored. @throws NotFound 404, StaleVersion 412, WrongTenantStatus 409 */
  @CacheEvict(evicted)
  async remove(id: string, expected: ExpectedVersion): Promise<void> {
    await this.move(id, Permission.TenantDelete, 'tenant.delete', ['ACTIVE'], 'DELETED', expected);
  }

  /** @throws NotFound 404, WrongTenantStatus 409 */
  @CacheEvict(evicted)
  async restore(id: string): Promise<TenantResponse> {
    return this.move(id, Permission.TenantAdmin, 'tenant.restore', ['DELETED'], 'ACTIVE');
  }

  private async move(
    id: string,
    permission: Permission,
    action: string,
    from: readonly TenantStatus[],
    to: TenantStatus,
    expected: ExpectedVersion = 'any',
  ): Promise<TenantResponse> {
    assertCurrentTenant(id);
    return this.access.change(permission, async (tx) => {
      const { status, version } = await lockTenant(tx);
      assertVersion(expected, version);
      if (!from.includes(status)) throw new WrongTenantStatus(status);
      await tx.query(
        `UPDATE tenants SET status = $2, version = version + 1, updated_at = statement_timestamp() WHERE id = $1`,
        [tx.tenantId, to],
      );
      await this.record(tx, action, { before: status, after: to });
      return shownTenant(tx);
    });
  }

  private record(tx: Transaction, action: string, details: Record<string, unknown>): Promise<void> {
    return this.audit.record(tx, { action, resource: 'tenant', resourceId: tx.tenantId, details });
  }
}

async function lockTenant(tx: Transaction): Promise<TenantResponse> {
  await tx.query('SELECT FROM tenants WHERE id = $1 FOR UPDATE', [tx.tenantId]);
  return shownTenant(tx);
}

async function assertAdmin(tx: Transaction, userId: string): Promise<void> {
  const admins = await tx.query(
    `SELECT FROM ${MEMBERS}
      WHERE m.tenant_id = $1 AND m.user_id = $2 AND r.key = 'admin' AND ${MEMBER_STATUS} = 'ACTIVE'`,
    [tx.tenantId, userId],
  );
  if (admins.length > 0) return;
  throw new UnprocessableBody('A tenant is owned by one of its Admins.', [
    { pointer: '/ownerId', code: 'not-an-admin', message: 'is not the id of an active member with the role Admin' },
  ]);
}

const UPDATE = `
  UPDATE tenants SET name = $2, slug = $3, owner_id = $4, metadata = $5, version = version + 1,
         updated_at = statement_timestamp()
   WHERE id = $1`;
