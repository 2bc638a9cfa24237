import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { currentReach } from '../../context/rights';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { instantSql } from '../../database/instant-sql';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import { NotFound } from '../../errors/http.errors';
import type { Page, PageQuery } from '../../http/pagination';
import { Permission } from '../../rbac/permission';
import { reachSql, riskInReach } from '../risk-reach';
import { countedRisks, RiskTags, rowTags } from '../risk.cache';
import type { OverdueReviewResponse, ReviewResponse } from './review.dto';

/** SQL of the representation of the row `r` of risk_reviews. */
export const REVIEW_JSON = `json_build_object(
  'id', r.id, 'riskId', r.risk_id, 'riskVersion', r.risk_version, 'outcome', r.outcome, 'note', r.note,
  'nextReviewAt', r.next_review_at, 'reviewedBy', json_build_object('id', r.reviewed_by,
    'name', (SELECT u.name FROM users u WHERE u.id = r.reviewed_by)), 'reviewedAt', ${instantSql('r.reviewed_at')})`;

/** $2 today */
const OVERDUE_JSON = `json_build_object(
  'riskId', r.id, 'title', r.title, 'status', r.status, 'severity', r.severity, 'ownerId', r.owner_id,
  'assigneeId', r.assignee_id, 'nextReviewAt', r.next_review_at, 'overdueDays', $2::date - r.next_review_at,
  'reviewCadenceDays', r.review_cadence_days, 'reviewedAt', (
    SELECT ${instantSql('max(v.reviewed_at)')} FROM risk_reviews v WHERE v.tenant_id = r.tenant_id AND v.risk_id = r.id))`;

const newestFirst: readonly KeysetColumn[] = [
  { sql: 'r.reviewed_at', type: 'timestamptz', descending: true },
  { sql: 'r.id', type: 'uuid', descending: true },
];
const longestFirst: readonly KeysetColumn[] = [
  { sql: 'r.next_review_at', type: 'date', descending: false },
  { sql: 'r.id', type: 'uuid', descending: false },
];

const reach = [Permission.RiskRead];

@Injectable()
export class ReviewReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  /** @throws NotFound 404 */
  @Cacheable({
    cache: 'risk',
    key: (riskId: string, query: PageQuery) => ['id', riskId, 'reviews', { ...query }],
    reach,
  })
  async list(riskId: string, query: PageQuery): Promise<Page<ReviewResponse>> {
    const page = this.pages.pageFor(['reviews', riskId], query, newestFirst);
    const filter = 'r.tenant_id = $1 AND r.risk_id = $2';
    const [isThere, rows, [counted]] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, riskId);
      const { where, orderBy, position, slice } = page.sql(bind);
      return Promise.all([
        riskInReach(session, riskId),
        session.query<{ review: ReviewResponse; position: string[] }>(
          `SELECT r.tenant_id, ${REVIEW_JSON} AS review, ${position} AS position FROM risk_reviews r
            WHERE ${filter} AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        session.query<{ count: number }>(`SELECT count(*) AS count FROM risk_reviews r WHERE ${filter}`, [
          ...[session.tenantId, riskId],
        ]),
      ]);
    });
    if (!isThere) throw new NotFound('risk');
    return { ...page.answer(rows, ({ review }) => review), ...(query.total ? { total: counted?.count ?? 0 } : {}) };
  }

  /** Risks whose review was due before `today`, a UTC day; those that have waited longest come first. */
  @Cacheable({
    cache: 'risk',
    key: (query: PageQuery, today: string) => ['reviews', 'overdue', { ...query, today }],
    tags: [...countedRisks, RiskTags.reviewed],
    resultTags: {
      among: rowTags,
      of: ({ items }: Page<OverdueReviewResponse>) => items.map(({ riskId }) => RiskTags.row(riskId)),
    },
    reach,
  })
  async overdue(query: PageQuery, today: string): Promise<Page<OverdueReviewResponse>> {
    const page = this.pages.pageFor(['reviews', 'overdue'], query, longestFirst);
    const filterFor = (bind: (value: unknown) => string): string =>
      `r.tenant_id = $1 AND r.deleted_at IS NULL AND r.status <> 'CLOSED' AND r.next_review_at IS NOT NULL
         AND r.next_review_at < $2::date AND ${reachSql(currentReach(Permission.RiskRead), bind)}`;
    const [rows, [counted]] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, today);
      const filter = filterFor(bind);
      const { where, orderBy, position, slice } = page.sql(bind);
      const counting = bindings(session.tenantId, today);
      return Promise.all([
        session.query<{ review: OverdueReviewResponse; position: string[] }>(
          `SELECT r.tenant_id, ${OVERDUE_JSON} AS review, ${position} AS position FROM risks r
            WHERE ${filter} AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        query.total
          ? session.query<{ count: number }>(
              `SELECT count(*) AS count FROM risks r WHERE ${filterFor(counting.bind)}`,
              counting.parameters,
            )
          : [],
      ]);
    });
    return { ...page.answer(rows, ({ review }) => review), ...(query.total ? { total: counted?.count ?? 0 } : {}) };
  }
}
