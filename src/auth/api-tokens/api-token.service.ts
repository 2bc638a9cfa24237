import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { makeOpaqueToken } from '../../context/opaque-token';
import { currentActor } from '../../context/request-context';
import { Database } from '../../database/database';
import { NotFound, UnprocessableBody } from '../../errors/http.errors';
import { GrantsReader } from '../../rbac/grants.reader';
import { grantText, reachesAsFar, type Grant } from '../../rbac/permission';
import { RbacTags } from '../../rbac/rbac.cache';
import type { GrantResponse } from '../../rbac/rbac.dto';
import { Forbidden } from '../../rbac/rbac.errors';
import { TooManyApiTokens } from '../auth.errors';
import {
  toApiTokenResponse,
  type ApiTokenRow,
  type CreateApiToken,
  type CreatedApiTokenResponse,
} from './api-token.dto';

const DAY_MS = 86_400_000;
/** Of one user in one tenant. */
const MOST_TOKENS = 50;

@Injectable()
export class ApiTokenService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
    private readonly grants: GrantsReader,
  ) {}

  /** @throws UnprocessableBody 422, Forbidden 403 for a grant beyond the caller's own, TooManyApiTokens 409 */
  async create({ name, grants = null, expiresInDays = 90 }: CreateApiToken): Promise<CreatedApiTokenResponse> {
    const end = new Date(Date.now() + expiresInDays * DAY_MS);
    if (grants) await this.assertHeld(grants);
    const { userId } = currentActor();
    const id = uuidv7();
    return this.database.transaction(async (tx) => {
      const { token, secretHash } = makeOpaqueToken('ork', tx.tenantId, id);
      const stored = grants && grants.map((grant) => grantText(grant as Grant));
      await tx.query(TAKE_TURNS, [tx.tenantId, userId]);
      await tx.query(REMOVE_ENDED, [tx.tenantId, userId]);
      const values = [tx.tenantId, id, userId, name, secretHash, stored, end, MOST_TOKENS];
      const [row] = await tx.query<ApiTokenRow>(INSERT, values);
      if (!row) throw new TooManyApiTokens(MOST_TOKENS);
      const details = { name, grants: stored, expiresAt: end.toISOString() };
      await this.audit.record(tx, { action: 'api-token.create', resource: 'api-token', resourceId: id, details });
      return { ...toApiTokenResponse(row), token };
    });
  }

  /** @throws NotFound 404 */
  @CacheEvict({ tags: [RbacTags.credential] })
  revoke(id: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      const revoked = await tx.query(REVOKE, [tx.tenantId, currentActor().userId, id]);
      if (revoked.length === 0) throw new NotFound('API token');
      await this.audit.record(tx, { action: 'api-token.revoke', resource: 'api-token', resourceId: id });
    });
  }

  private async assertHeld(grants: readonly GrantResponse[]): Promise<void> {
    if (new Set(grants.map(({ permission }) => permission)).size < grants.length) {
      const problem = { pointer: '/grants', code: 'unique', message: 'must name each permission once' };
      throw new UnprocessableBody('1 field is not valid.', [problem]);
    }
    const own = await this.grants.current();
    for (const { permission, scope } of grants as Grant[]) {
      if (!reachesAsFar(own.scopeOf(permission), scope)) {
        throw new Forbidden(permission, `You do not hold ${permission} with the scope ${scope} yourself.`);
      }
    }
  }
}

/** Two at once would not see each other's token when they count. */
const TAKE_TURNS = 'SELECT FROM memberships WHERE tenant_id = $1 AND user_id = $2 FOR NO KEY UPDATE';

const REMOVE_ENDED = `
  DELETE FROM api_tokens
   WHERE tenant_id = $1 AND id IN (
     SELECT id FROM api_tokens
      WHERE tenant_id = $1 AND user_id = $2 AND (revoked_at IS NOT NULL OR expires_at < now() - interval '30 days')
      LIMIT 20 FOR UPDATE SKIP LOCKED)`;

const INSERT = `
  INSERT INTO api_tokens (tenant_id, id, user_id, name, secret_hash, grants, expires_at)
  SELECT $1, $2, $3, $4, $5, $6, $7
   WHERE (SELECT count(*) FROM api_tokens WHERE tenant_id = $1 AND user_id = $3 AND revoked_at IS NULL) < $8
  RETURNING id, name, grants, created_at AS "createdAt", expires_at AS "expiresAt", last_used_at AS "lastUsedAt"`;

const REVOKE = `
  UPDATE api_tokens SET revoked_at = now()
   WHERE tenant_id = $1 AND user_id = $2 AND id = $3 AND revoked_at IS NULL
   RETURNING id`;
