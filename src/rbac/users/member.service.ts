import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { Passwords } from '../../auth/password';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import type { Transaction } from '../../database/session';
import { brokenConstraint } from '../../database/sql-errors';
import { assertVersion, type ExpectedVersion } from '../../http/conditional';
import { AccessChanges } from '../access-changes';
import { assertAdminRemains, assertMayAssign, assertMayManage } from '../escalation';
import { OPEN_INVITATION } from '../invitations/accept-invitation';
import { AccountExists, OwnsTenant } from '../membership.errors';
import { Permission } from '../permission';
import { RbacTags } from '../rbac.cache';
import { countAdmins, lockMember, roleToAssign, shownMember, type MemberRow } from './member-rows';
import type { AddMember, MemberResponse, UpdateMember } from './member.dto';

const evicted = { tags: [RbacTags.member, RbacTags.members] };

/** Who is in the tenant, in which role. All of these may throw what the rules of escalation.ts throw. */
@Injectable()
export class MemberService {
  constructor(
    private readonly access: AccessChanges,
    private readonly passwords: Passwords,
    private readonly audit: AuditLog,
  ) {}

  /** Makes an account that is a member at once. @throws AccountExists 409, UnprocessableBody 422 */
  @CacheEvict({ tags: [RbacTags.members] })
  async add({ email, name, roleId, password }: AddMember): Promise<MemberResponse> {
    const id = uuidv7();
    // Before the turn: a hash takes longer than everything in it.
    const passwordHash = await this.passwords.hashChosen(password, 'password', [email, name]);
    return this.access.change(Permission.UserCreate, async (tx, acting) => {
      assertMayAssign(acting, await roleToAssign(tx, roleId));
      await insertAccount(tx, [id, email, name, passwordHash]);
      await tx.query('INSERT INTO memberships (tenant_id, user_id, role_id) VALUES ($1, $2, $3)', [
        tx.tenantId,
        id,
        roleId,
      ]);
      await this.record(tx, 'user.create', id, { email, roleId });
      return shownMember(tx, id);
    });
  }

  /** @throws NotFound 404, StaleVersion 412, LastAdmin 409, UnprocessableBody 422 */
  @CacheEvict(evicted)
  update(userId: string, expected: ExpectedVersion, change: UpdateMember): Promise<MemberResponse> {
    return this.access.change(Permission.UserUpdate, async (tx, acting) => {
      const member = await lockMember(tx, userId);
      assertVersion(expected, member.version);
      assertMayManage(acting, member);
      const { roleId = member.role.id, status = member.status } = change;
      if (roleId === member.role.id && status === member.status) return shownMember(tx, userId);
      // Whoever is let in again holds everything in their role anew.
      if (status === 'ACTIVE' || roleId !== member.role.id) assertMayAssign(acting, await roleToAssign(tx, roleId));
      await this.keepingAnAdmin(tx, () => store(tx, member, roleId, status));
      await this.record(tx, 'user.update', userId, {
        ...(roleId !== member.role.id && { roleId: { before: member.role.id, after: roleId } }),
        ...(status !== member.status && { status: { before: member.status, after: status } }),
      });
      return shownMember(tx, userId);
    });
  }

  /**
   * Ends a membership, and with it sessions and API tokens. What the member owned or was assigned to has nobody then, so
   * that everything about it is evicted.
   *
   * @throws NotFound 404, StaleVersion 412, LastAdmin 409, OwnsTenant 409
   */
  @CacheEvict({
    // Their teams have lost a mate, who may come back one day without being in them.
    tags: [...evicted.tags, RbacTags.teams],
    allEntries: ['risk', 'asset', 'dashboard'],
  })
  remove(userId: string, expected: ExpectedVersion): Promise<void> {
    return this.access.change(Permission.UserDelete, async (tx, acting) => {
      const member = await lockMember(tx, userId);
      assertVersion(expected, member.version);
      assertMayManage(acting, member);
      const owned = await tx.query('SELECT FROM tenants WHERE id = $1 AND owner_id = $2', [tx.tenantId, userId]);
      if (owned.length > 0) throw new OwnsTenant();
      await revokeInvitationsOf(tx, userId);
      await this.keepingAnAdmin(tx, () =>
        tx.query('DELETE FROM memberships WHERE tenant_id = $1 AND user_id = $2', [tx.tenantId, userId]),
      );
      await this.record(tx, 'user.delete', userId, { roleId: member.role.id });
    });
  }

  private async keepingAnAdmin(tx: Transaction, change: () => Promise<unknown>): Promise<void> {
    const before = await countAdmins(tx);
    await change();
    assertAdminRemains(before, await countAdmins(tx));
  }

  private record(tx: Transaction, action: string, resourceId: string, details: Record<string, unknown>): Promise<void> {
    return this.audit.record(tx, { action, resource: 'user', resourceId, details });
  }
}

/** Whoever has less to say now does not go on inviting with what they had: their open invitations end. */
async function store(tx: Transaction, { userId, role }: MemberRow, roleId: string, status: string): Promise<void> {
  await tx.query(
    'UPDATE memberships SET role_id = $3, status = $4, version = version + 1 WHERE tenant_id = $1 AND user_id = $2',
    [tx.tenantId, userId, roleId, status],
  );
  if (role.id !== roleId || status === 'DISABLED') await revokeInvitationsOf(tx, userId);
  if (status === 'DISABLED') {
    await tx.query(
      `UPDATE sessions SET revoked_at = statement_timestamp()
        WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL`,
      [tx.tenantId, userId],
    );
  }
}

async function revokeInvitationsOf(tx: Transaction, userId: string): Promise<void> {
  await tx.query(
    `UPDATE invitations i SET revoked_at = statement_timestamp()
      WHERE i.tenant_id = $1 AND i.invited_by = $2 AND ${OPEN_INVITATION}`,
    [tx.tenantId, userId],
  );
}

async function insertAccount(tx: Transaction, account: readonly string[]): Promise<void> {
  try {
    await tx.query('INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, $3, $4)', account);
  } catch (error) {
    throw brokenConstraint(error) === 'users_email_key' ? new AccountExists() : error;
  }
}
