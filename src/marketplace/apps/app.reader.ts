import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import type { Page } from '../../http/pagination';
import { APP_JSON } from './app-json';
import { appIn } from './app-record';
import { APP_STATUSES } from './app-terms';
import type { AppQuery, AppResponse } from './app.dto';

const newestFirst: readonly KeysetColumn[] = [
  { sql: 'a.created_at', type: 'timestamptz', descending: true },
  { sql: 'a.id', type: 'uuid', descending: true },
];

interface AppRow {
  readonly app: AppResponse;
  readonly position: string[];
}

/** What the tenant has installed. It is nobody's: whoever reads connectors reads it. */
@Injectable()
export class AppReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  /** @throws NotFound 404 */
  @Cacheable({ cache: 'app', key: (id: string) => ['id', id] })
  get(id: string): Promise<AppResponse> {
    return this.database.read((session) => appIn(session, id));
  }

  /** Newest first. */
  @Cacheable({ cache: 'app', key: (query: AppQuery) => ['list', { ...query, ...filterOf(query) }] })
  async list(query: AppQuery): Promise<Page<AppResponse>> {
    const { status, connectorId } = filterOf(query);
    const page = this.pages.pageFor(['apps', status, connectorId], query, newestFirst);
    const filter = `a.tenant_id = $1 AND a.status = ANY ($2::text[]) AND ($3::uuid[] IS NULL OR a.connector_id = ANY ($3::uuid[]))`;
    const [rows, [counted]] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, status, connectorId);
      const { where, orderBy, position, slice } = page.sql(bind);
      return Promise.all([
        session.query<AppRow>(
          `SELECT a.tenant_id, ${APP_JSON} AS app, ${position} AS position FROM apps a
            WHERE ${filter} AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        query.total
          ? session.query<{ count: number }>(`SELECT count(*) AS count FROM apps a WHERE ${filter}`, [
              ...[session.tenantId, status, connectorId],
            ])
          : [],
      ]);
    });
    return { ...page.answer(rows, ({ app }) => app), ...(query.total ? { total: counted?.count ?? 0 } : {}) };
  }
}

function filterOf({ status, connectorId }: AppQuery): { status: string[]; connectorId: string[] | null } {
  const live = APP_STATUSES.filter((one) => one !== 'UNINSTALLED');
  return { status: (status ?? live).toSorted(), connectorId: connectorId?.toSorted() ?? null };
}
