import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { currentActor } from '../../context/request-context';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { KeysetPages } from '../../database/keyset-page';
import type { Page, PageQuery } from '../../http/pagination';
import { RbacTags } from '../../rbac/rbac.cache';
import { toApiTokenResponse, type ApiTokenResponse, type ApiTokenRow } from './api-token.dto';

interface StoredApiToken {
  readonly userId: string;
  /** SHA-256 of 256 random bits, in hex: of no use to who reads it in a cache. */
  readonly secretHash: string;
}

@Injectable()
export class ApiTokenReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  /** Null is not kept: whoever guesses ids would fill the cache. */
  @Cacheable({
    cache: 'rbac',
    key: (id: string) => ['api-token', id],
    tags: [RbacTags.credential],
    unless: (stored: StoredApiToken | null) => stored === null,
  })
  stored(id: string): Promise<StoredApiToken | null> {
    return this.find(id);
  }

  /** Asks Postgres. */
  async find(id: string): Promise<StoredApiToken | null> {
    const [row] = await this.database.read((session) =>
      session.query<StoredApiToken>(
        `SELECT user_id AS "userId", encode(secret_hash, 'hex') AS "secretHash"
           FROM api_tokens WHERE tenant_id = $1 AND id = $2`,
        [session.tenantId, id],
      ),
    );
    return row ?? null;
  }

  /** The caller's tokens in this tenant that are not revoked, newest first. Not cached: `lastUsedAt` moves. */
  async list(query: PageQuery): Promise<Page<ApiTokenResponse>> {
    const { userId } = currentActor();
    const page = this.pages.pageFor(['api-tokens', userId], query, [
      { sql: 't.created_at', type: 'timestamptz', descending: true },
      { sql: 't.id', type: 'uuid', descending: true },
    ]);
    const [rows, total] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId);
      const own = `t.tenant_id = $1 AND t.user_id = ${bind(userId)} AND t.revoked_at IS NULL`;
      const { where, orderBy, position, slice } = page.sql(bind);
      return Promise.all([
        session.query<ApiTokenRow & { position: string[] }>(
          `SELECT t.id, t.name, t.grants, t.created_at AS "createdAt", t.expires_at AS "expiresAt",
                  t.last_used_at AS "lastUsedAt", ${position} AS position
             FROM api_tokens t WHERE ${own} AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        query.total
          ? session.query<{ count: number }>(
              'SELECT count(*) AS count FROM api_tokens t WHERE t.tenant_id = $1 AND t.user_id = $2 AND t.revoked_at IS NULL',
              [session.tenantId, userId],
            )
          : [],
      ]);
    });
    const answer = page.answer(rows, toApiTokenResponse);
    return query.total ? { ...answer, total: total[0]?.count ?? 0 } : answer;
  }
}
