import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { makeOpaqueToken } from '../../context/opaque-token';
import type { Transaction } from '../../database/session';
import { brokenConstraint } from '../../database/sql-errors';
import { NotFound } from '../../errors/http.errors';
import { AccessChanges } from '../access-changes';
import { assertMayAssign, assertMayWithdraw } from '../escalation';
import { AlreadyMember } from '../membership.errors';
import { Permission } from '../permission';
import { roleToAssign } from '../users/member-rows';
import { OPEN_INVITATION } from './accept-invitation';
import { InvitationConfig } from './invitation.config';
import type { InviteRequest, NewInvitationResponse } from './invitation.dto';
import { InvitationIsOpen } from './invitation.errors';
import { findInvitation } from './invitation.reader';

/** Evicts nothing: no cached answer depends on invitations. */
@Injectable()
export class InvitationService {
  constructor(
    private readonly access: AccessChanges,
    private readonly audit: AuditLog,
    private readonly config: InvitationConfig,
  ) {}

  /**
   * Whoever proves to own the address may join with the role. To invite is to assign: the same rules hold.
   *
   * @throws AboveOwnLevel 403, Forbidden 403, AlreadyMember 409, InvitationIsOpen 409, UnprocessableBody 422
   */
  invite({ email, roleId }: InviteRequest): Promise<NewInvitationResponse> {
    return this.access.change(Permission.UserCreate, async (tx, acting) => {
      assertMayAssign(acting, await roleToAssign(tx, roleId));
      const members = await tx.query(MEMBER_WITH_EMAIL, [tx.tenantId, email]);
      if (members.length > 0) throw new AlreadyMember();
      await tx.query(REVOKE_EXPIRED, [tx.tenantId, email]);
      const id = uuidv7();
      const { token, secretHash } = makeOpaqueToken('ori', tx.tenantId, id);
      await insert(tx, [id, email, roleId, acting.userId, secretHash, this.config.ttlHours]);
      await this.record(tx, 'invitation.create', id, { email, roleId });
      const invitation = await findInvitation(tx, id);
      if (!invitation) throw new NotFound('invitation');
      return { ...invitation, token };
    });
  }

  /** @throws NotFound 404 also for one that is not open any more, AboveOwnLevel 403 */
  revoke(id: string): Promise<void> {
    return this.access.change(Permission.UserCreate, async (tx, acting) => {
      const [open] = await tx.query<{ roleId: string }>(
        `SELECT i.role_id AS "roleId" FROM invitations i WHERE i.tenant_id = $1 AND i.id = $2 AND ${OPEN_INVITATION} FOR UPDATE`,
        [tx.tenantId, id],
      );
      if (!open) throw new NotFound('open invitation');
      assertMayWithdraw(acting, await roleToAssign(tx, open.roleId));
      await tx.query('UPDATE invitations SET revoked_at = statement_timestamp() WHERE tenant_id = $1 AND id = $2', [
        tx.tenantId,
        id,
      ]);
      await this.record(tx, 'invitation.revoke', id, {});
    });
  }

  private record(tx: Transaction, action: string, resourceId: string, details: Record<string, unknown>): Promise<void> {
    return this.audit.record(tx, { action, resource: 'invitation', resourceId, details });
  }
}

async function insert(tx: Transaction, invitation: readonly unknown[]): Promise<void> {
  try {
    await tx.query(INSERT, [tx.tenantId, ...invitation]);
  } catch (error) {
    throw brokenConstraint(error) === 'invitations_open_key' ? new InvitationIsOpen() : error;
  }
}

const INSERT = `
  INSERT INTO invitations (tenant_id, id, email, role_id, invited_by, secret_hash, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, statement_timestamp() + make_interval(hours => $7))`;

const MEMBER_WITH_EMAIL = `
  SELECT FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.tenant_id = $1 AND lower(u.email) = lower($2)`;

const REVOKE_EXPIRED = `
  UPDATE invitations SET revoked_at = statement_timestamp()
   WHERE tenant_id = $1 AND lower(email) = lower($2) AND accepted_at IS NULL AND revoked_at IS NULL
     AND expires_at <= statement_timestamp()`;
