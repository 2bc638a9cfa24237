import { Injectable } from '@nestjs/common';
import { currentActor } from '../../context/request-context';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { KeysetPages } from '../../database/keyset-page';
import type { ReadSession } from '../../database/session';
import type { Page, PageQuery } from '../../http/pagination';
import { toSessionResponse, type SessionResponse, type SessionRow } from './session.dto';

const LIVE = 's.user_id = $1 AND s.revoked_at IS NULL AND s.expires_at > now()';

/** A user's own sessions, in all of their tenants. Never cached: who looks for a thief wants to see what is there now. */
@Injectable()
export class SessionReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  live(userId: string): Promise<{ readonly tenantId: string; readonly id: string }[]> {
    return this.read(userId, (session) =>
      session.query(`SELECT s.tenant_id AS "tenantId", s.id FROM sessions s WHERE ${LIVE}`, [userId]),
    );
  }

  /** Newest first. */
  async list(query: PageQuery): Promise<Page<SessionResponse>> {
    const { userId, tenantId, sessionId } = currentActor();
    const page = this.pages.pageFor(['sessions', userId], query, [
      { sql: 's.created_at', type: 'timestamptz', descending: true },
      { sql: 's.id', type: 'uuid', descending: true },
    ]);
    const [rows, counts] = await this.read(userId, (session) => {
      const { parameters, bind } = bindings(userId);
      const { where, orderBy, position, slice } = page.sql(bind);
      return Promise.all([
        session.query<SessionRow & { position: string[] }>(
          `SELECT s.id, json_build_object('id', t.id, 'slug', t.slug, 'name', t.name) AS tenant, s.address,
                  s.user_agent AS "userAgent", s.created_at AS "createdAt", s.last_used_at AS "lastUsedAt",
                  s.expires_at AS "expiresAt", ${position} AS position
             FROM sessions s JOIN tenants t ON t.id = s.tenant_id
            WHERE ${LIVE} AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        query.total
          ? session.query<{ count: number }>(`SELECT count(*) AS count FROM sessions s WHERE ${LIVE}`, [userId])
          : [],
      ]);
    });
    const answer = page.answer(rows, (row) =>
      toSessionResponse(row, row.id === sessionId && row.tenant.id === tenantId),
    );
    return query.total ? { ...answer, total: counts[0]?.count ?? 0 } : answer;
  }

  /** Without a tenant Postgres shows what is the user's own, wherever it is. */
  private read<T>(userId: string, work: (session: ReadSession) => Promise<T>): Promise<T> {
    return this.database.read(work, { userId });
  }
}
