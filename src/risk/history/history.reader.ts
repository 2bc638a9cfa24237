import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages, type KeysetPage } from '../../database/keyset-page';
import type { ReadSession } from '../../database/session';
import { NotFound } from '../../errors/http.errors';
import type { Page, PageQuery } from '../../http/pagination';
import { instantSql } from '../risk-json';
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
  @Cacheable({ cache: 'risk', key: (id: string, query: PageQuery) => ['id', id, 'history', { ...query }] })
  async history(id: string, query: PageQuery): Promise<Page<RiskVersionResponse>> {
    const page = this.pages.pageFor(['history', id], query, newestFirst);
    const [[risk], rows] = await this.database.read((session) =>
      Promise.all([
        // Versions count from 1 without gaps.
        session.query<{ version: number }>(
          'SELECT version FROM risks WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL',
          [session.tenantId, id],
        ),
        versions(session, id, page),
      ]),
    );
    if (!risk) throw new NotFound('risk');
    return { ...page.answer(rows, ({ entry }) => entry), ...(query.total ? { total: risk.version } : {}) };
  }
}

function versions(session: ReadSession, id: string, page: KeysetPage): Promise<VersionRow[]> {
  const { parameters, bind } = bindings(session.tenantId, id);
  const { where, orderBy, position, slice } = page.sql(bind);
  return session.query<VersionRow>(
    `SELECT ${VERSION_JSON} AS entry, ${position} AS position
       FROM risk_history h
       LEFT JOIN risk_history before
         ON before.tenant_id = h.tenant_id AND before.risk_id = h.risk_id AND before.version = h.version - 1
       LEFT JOIN users u ON u.id = h.actor_id
      WHERE h.tenant_id = $1 AND h.risk_id = $2 AND ${where}
      ORDER BY ${orderBy}
      ${slice}`,
    parameters,
  );
}
