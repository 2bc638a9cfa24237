import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { instantSql } from '../../database/instant-sql';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import type { Page } from '../../http/pagination';
import { readApp } from '../apps/app-record';
import type { LogQuery, LogResponse } from './log.dto';

const LOG_JSON = `json_build_object(
  'id', l.id, 'action', l.action, 'outcome', l.outcome, 'actorId', l.actor_id, 'durationMs', l.duration_ms,
  'error', l.error, 'at', ${instantSql('l.at')})`;

const newestFirst: readonly KeysetColumn[] = [
  { sql: 'l.at', type: 'timestamptz', descending: true },
  { sql: 'l.id', type: 'uuid', descending: true },
];

interface LogRow {
  readonly entry: LogResponse;
  readonly position: string[];
}

@Injectable()
export class LogReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  /** What was done with an app, newest first. @throws NotFound 404 */
  @Cacheable({
    cache: 'app',
    key: (appId: string, query: LogQuery) => ['id', appId, 'logs', { ...query, action: query.action?.toSorted() }],
  })
  async list(appId: string, query: LogQuery): Promise<Page<LogResponse>> {
    const actions = query.action?.toSorted() ?? null;
    const page = this.pages.pageFor(['app logs', appId, actions], query, newestFirst);
    const [, rows, [counted]] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, appId, actions);
      const { where, orderBy, position, slice } = page.sql(bind);
      const from = `FROM connector_logs l
        WHERE l.tenant_id = $1 AND l.app_id = $2 AND ($3::text[] IS NULL OR l.action = ANY ($3::text[]))`;
      return Promise.all([
        readApp(session, appId),
        session.query<LogRow>(
          `SELECT l.tenant_id, ${LOG_JSON} AS entry, ${position} AS position ${from} AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        query.total
          ? session.query<{ count: number }>(`SELECT count(*) AS count ${from}`, [session.tenantId, appId, actions])
          : [],
      ]);
    });
    return { ...page.answer(rows, ({ entry }) => entry), ...(query.total ? { total: counted?.count ?? 0 } : {}) };
  }
}
