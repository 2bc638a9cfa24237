import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { tagsAmong } from '../../cache/tag-list';
import { isSameSecret, parseOpaqueToken, type OpaqueToken } from '../../context/opaque-token';
import { runAsActor } from '../../context/request-context';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { brokenConstraint } from '../../database/sql-errors';
import { takeTurn } from '../access-changes';
import { assertMayAssign } from '../escalation';
import { AccountExists, AlreadyMember } from '../membership.errors';
import { Permission, reachesAsFar } from '../permission';
import { RbacTags } from '../rbac.cache';
import { lockMembers, roleToAssign } from '../users/member-rows';
import { InvitationNotOpen } from './invitation.errors';

/** Who was invited where. */
export interface Invited extends OpaqueToken {
  readonly email: string;
  /** As accounts are found by. */
  readonly foldedEmail: string;
  readonly tenantSlug: string;
  readonly tenantName: string;
  /** The account of this e-mail address; null when one has to be made. */
  readonly account: { readonly id: string; readonly passwordHash: string; readonly isActive: boolean } | null;
}

/** Who joins: an account that exists, or one to be made with the e-mail address that was invited. */
export interface Joining {
  readonly userId: string;
  readonly newAccount?: { readonly name: string; readonly passwordHash: string };
}

interface OpenRow {
  readonly email: string;
  readonly roleId: string;
  readonly invitedBy: string | null;
  readonly secretHash: Buffer;
}

/** Also for counting and revoking; `i` is the invitation. */
export const OPEN_INVITATION = `i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > statement_timestamp()`;

/** What the holder of an invitation may do with it. Who they are is for the caller to find out, with a password. */
@Injectable()
export class AcceptInvitation {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
  ) {}

  /** @throws InvitationNotOpen 404 for every token that opens nothing, in the same words */
  async find(token: string): Promise<Invited> {
    const parsed = parseOpaqueToken('ori', token);
    if (!parsed) throw new InvitationNotOpen();
    const { tenantId, id } = parsed;
    const [row] = await this.database.read(
      (session) =>
        session.query<Omit<Invited, keyof OpaqueToken> & { secretHash: Buffer }>(FIND_OPEN, [session.tenantId, id]),
      { tenantId },
    );
    if (!row || !isSameSecret(row.secretHash, parsed.secretHash)) throw new InvitationNotOpen();
    return { ...row, ...parsed };
  }

  /**
   * Uses the invitation up: the membership, and the account where there was none. Once, however many try. Joins the
   * transaction it is called in, whose scope then must be the same tenant and user.
   *
   * @throws InvitationNotOpen 404 when somebody was quicker, AccountExists 409, AlreadyMember 409
   */
  accept({ tenantId, id, secretHash }: OpaqueToken, joining: Joining): Promise<void> {
    const actor = { tenantId, userId: joining.userId };
    // From here on the request acts for the one who joins: eviction, audit entry and transaction are in their tenant.
    return runAsActor(actor, () => this.join(joining, id, secretHash));
  }

  /** For {@link accept}; not to be called otherwise. */
  @CacheEvict({
    tags: tagsAmong([RbacTags.member, RbacTags.members], ({ userId }: Joining) => [
      RbacTags.member(userId),
      RbacTags.members,
    ]),
  })
  join(joining: Joining, id: string, secretHash: Buffer): Promise<void> {
    return this.database.transaction(async (tx) => {
      await takeTurn(tx);
      const [open] = await tx.query<OpenRow>(LOCK_OPEN, [tx.tenantId, id]);
      if (!open || !isSameSecret(open.secretHash, secretHash)) throw new InvitationNotOpen();
      await assertStillGiven(tx, open);
      await makeMember(tx, open, joining);
      await tx.query('UPDATE invitations SET accepted_at = statement_timestamp() WHERE tenant_id = $1 AND id = $2', [
        tx.tenantId,
        id,
      ]);
      const details = { userId: joining.userId, roleId: open.roleId };
      await this.audit.record(tx, {
        action: 'invitation.accept',
        resource: 'invitation',
        resourceId: id,
        details,
      });
    });
  }
}

/** An invitation gives what its sender may give now, not what they could give when they sent it. */
async function assertStillGiven(tx: Transaction, { roleId, invitedBy }: OpenRow): Promise<void> {
  const [sender] = invitedBy === null ? [] : await lockMembers(tx, [invitedBy]);
  if (sender?.status !== 'ACTIVE') throw new InvitationNotOpen();
  const { id, level, grants } = sender.role;
  if (!reachesAsFar(grants.get(Permission.UserCreate), 'tenant')) throw new InvitationNotOpen();
  const role = await roleToAssign(tx, roleId);
  try {
    assertMayAssign({ userId: sender.userId, roleId: id, level, grants }, role);
  } catch {
    throw new InvitationNotOpen();
  }
}

async function makeMember(tx: Transaction, { email, roleId }: OpenRow, joining: Joining): Promise<void> {
  const { userId, newAccount } = joining;
  try {
    if (newAccount) {
      const account = [userId, email, newAccount.name, newAccount.passwordHash];
      await tx.query('INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, $3, $4)', account);
    }
    // An account joins by an invitation to its own address only.
    const joined = await tx.query(INSERT_MEMBER, [tx.tenantId, userId, roleId, email]);
    if (joined.length === 0) throw new InvitationNotOpen();
  } catch (error) {
    const broken = brokenConstraint(error);
    if (broken === 'users_email_key') throw new AccountExists();
    throw broken === 'memberships_pkey' ? new AlreadyMember() : error;
  }
}

const FIND_OPEN = `
  SELECT i.email, lower(i.email) AS "foldedEmail", i.secret_hash AS "secretHash", t.slug AS "tenantSlug", t.name AS "tenantName",
         CASE WHEN u.id IS NOT NULL THEN
           json_build_object('id', u.id, 'passwordHash', u.password_hash, 'isActive', u.status = 'ACTIVE') END AS account
    FROM invitations i
    JOIN tenants t ON t.id = i.tenant_id AND t.status = 'ACTIVE'
    LEFT JOIN users u ON lower(u.email) = lower(i.email)
   WHERE i.tenant_id = $1 AND i.id = $2 AND ${OPEN_INVITATION}`;

const LOCK_OPEN = `
  SELECT i.email, i.role_id AS "roleId", i.invited_by AS "invitedBy", i.secret_hash AS "secretHash"
    FROM invitations i
    JOIN tenants t ON t.id = i.tenant_id AND t.status = 'ACTIVE'
   WHERE i.tenant_id = $1 AND i.id = $2 AND ${OPEN_INVITATION}
     FOR UPDATE OF i`;

const INSERT_MEMBER = `
  INSERT INTO memberships (tenant_id, user_id, role_id)
  SELECT $1, u.id, $3 FROM users u WHERE u.id = $2 AND u.status = 'ACTIVE' AND lower(u.email) = lower($4)
  RETURNING user_id`;
