import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { currentReach } from '../../context/rights';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { instantSql } from '../../database/instant-sql';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages, type KeysetPage } from '../../database/keyset-page';
import type { ReadSession } from '../../database/session';
import { NotFound } from '../../errors/http.errors';
import type { Page, PageQuery } from '../../http/pagination';
import { Permission } from '../../rbac/permission';
import { reachSql } from '../risk-reach';
import type { RiskVersionResponse } from './history.dto';

const newestFirst: readonly KeysetColumn[] = [{ sql: 'h.version', type: 'int4', descending: true }];

const VERSION_JSON = `json_build_object(
  'version', h.version, 'at', ${instantSql('h.at')},
  'actor', CASE WHEN h.actor_id IS NOT NULL THEN json_build_object('id', h.actor_id, 'name', u.name) END,
  'action', h.action, 'comment', h.comment,
  'changes', (
    SELECT coalesce(json_agg(json_build_object('field', f.name, 'before', before.snapshot -> f.name,
        'after', h.snapshot -> f.name) ORDER BY f.position), '[]')
      FROM unnest(h.changed_fields) WITH ORDINALITY AS f (name, position)))`;

interface VersionRow {
  readonly entry: RiskVersionResponse;
  readonly position: string[];
}

@Injectable()
export class HistoryReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  /**
   * What happened to a risk, newest first.
   *
   * @throws NotFound 404
   */
  @Cacheable({
    cache: 'risk',
    key: (id: string, query: PageQuery) => ['id', id, 'state', 'history', { ...query }],
    reach: [Permission.RiskRead],
  })
  async history(id: string, query: PageQuery): Promise<Page<RiskVersionResponse>> {
    const page = this.pages.pageFor(['history', id], query, newestFirst);
    const [[risk], rows] = await this.database.read((session) =>
      Promise.all([latestVersion(session, id), versions(session, id, page)]),
    );
    if (!risk) throw new NotFound('risk');
    return { ...page.answer(rows, ({ entry }) => entry), ...(query.total ? { total: risk.version } : {}) };
  }
}

/** Versions count from 1 without gaps. Who may see a risk may see all of its past, whoever owned it then. */
function latestVersion(session: ReadSession, id: string): Promise<{ version: number }[]> {
  const { parameters, bind } = bindings(session.tenantId, id);
  return session.query(
    `SELECT r.version FROM risks r
      WHERE r.tenant_id = $1 AND r.id = $2 AND r.deleted_at IS NULL
        AND ${reachSql(currentReach(Permission.RiskRead), bind)}`,
    parameters,
  );
}

function versions(session: ReadSession, id: string, page: KeysetPage): Promise<VersionRow[]> {
  const { parameters, bind } = bindings(session.tenantId, id);
  const { where, orderBy, position, slice } = page.sql(bind);
  return session.query<VersionRow>(
    // The page is cut first, and each of its versions finds what it needs: a join may read all versions, of which there can be many.
    `SELECT h.tenant_id, ${VERSION_JSON} AS entry, ${position} AS position
       FROM (SELECT * FROM risk_history h
              WHERE h.tenant_id = $1 AND h.risk_id = $2 AND ${where}
              ORDER BY ${orderBy}
              ${slice}) h
       LEFT JOIN LATERAL (
         SELECT b.snapshot FROM risk_history b
          WHERE b.tenant_id = h.tenant_id AND b.risk_id = h.risk_id AND b.version = h.version - 1 LIMIT 1) before ON TRUE
       LEFT JOIN LATERAL (SELECT name FROM users WHERE id = h.actor_id LIMIT 1) u ON TRUE
      ORDER BY ${orderBy}`,
    parameters,
  );
}
