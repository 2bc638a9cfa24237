import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { instantSql } from '../../database/instant-sql';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import type { Page, PageQuery } from '../../http/pagination';
import { Catalogue } from '../catalogue/catalogue';
import type { ConnectorReviewResponse } from './connector-review.dto';

export const REVIEW_JSON = `json_build_object(
  'id', r.id, 'connectorId', r.connector_id, 'userId', r.user_id, 'rating', r.rating, 'comment', r.comment,
  'createdAt', ${instantSql('r.created_at')})`;

const newestFirst: readonly KeysetColumn[] = [
  { sql: 'r.created_at', type: 'timestamptz', descending: true },
  { sql: 'r.id', type: 'uuid', descending: true },
];

interface ReviewRow {
  readonly review: ConnectorReviewResponse;
  readonly position: string[];
}

/** What people of the tenant say of a connector. Nobody else is told, but for the mean of all ratings. */
@Injectable()
export class ConnectorReviewReader {
  constructor(
    private readonly database: Database,
    private readonly catalogue: Catalogue,
    private readonly pages: KeysetPages,
  ) {}

  /** Newest first. @throws NotFound 404 */
  @Cacheable({ cache: 'app', key: (connectorId: string, query: PageQuery) => ['reviews', connectorId, { ...query }] })
  async list(connectorId: string, query: PageQuery): Promise<Page<ConnectorReviewResponse>> {
    this.catalogue.get(connectorId);
    const page = this.pages.pageFor(['reviews', connectorId], query, newestFirst);
    const [rows, [counted]] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, connectorId);
      const { where, orderBy, position, slice } = page.sql(bind);
      const from = 'FROM connector_reviews r WHERE r.tenant_id = $1 AND r.connector_id = $2';
      return Promise.all([
        session.query<ReviewRow>(
          `SELECT r.tenant_id, ${REVIEW_JSON} AS review, ${position} AS position ${from} AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        query.total
          ? session.query<{ count: number }>(`SELECT count(*) AS count ${from}`, [session.tenantId, connectorId])
          : [],
      ]);
    });
    return { ...page.answer(rows, ({ review }) => review), ...(query.total ? { total: counted?.count ?? 0 } : {}) };
  }
}
