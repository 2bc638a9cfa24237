import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { currentReach } from '../../context/rights';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { instantSql } from '../../database/instant-sql';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import type { Transaction } from '../../database/session';
import { NotFound } from '../../errors/http.errors';
import type { Page, PageQuery } from '../../http/pagination';
import { Permission } from '../../rbac/permission';
import { reachSql } from '../risk-reach';
import type { CommentResponse } from './comment.dto';

const oldestFirst: readonly KeysetColumn[] = [
  { sql: 'c.created_at', type: 'timestamptz', descending: false },
  { sql: 'c.id', type: 'uuid', descending: false },
];

const COMMENT_JSON = `json_build_object(
  'id', c.id, 'authorId', c.author_id, 'text', c.text, 'version', c.version,
  'createdAt', ${instantSql('c.created_at')}, 'updatedAt', ${instantSql('c.updated_at')})`;

interface CommentRow {
  readonly comment: CommentResponse;
  readonly position: string[];
}

/** Whoever sees a risk sees what is said about it. */
@Injectable()
export class CommentReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  /** @throws NotFound 404 */
  @Cacheable({
    cache: 'risk',
    key: (riskId: string, query: PageQuery) => ['id', riskId, 'comments', { ...query }],
    reach: [Permission.RiskRead],
  })
  async list(riskId: string, query: PageQuery): Promise<Page<CommentResponse>> {
    const page = this.pages.pageFor(['comments', riskId], query, oldestFirst);
    const [[risk], rows] = await this.database.read((session) => {
      const risks = bindings(session.tenantId, riskId);
      const listed = bindings(session.tenantId, riskId);
      const { where, orderBy, position, slice } = page.sql(listed.bind);
      return Promise.all([
        session.query<{ comments: number }>(
          `SELECT (SELECT count(*) FROM risk_comments c WHERE c.tenant_id = r.tenant_id AND c.risk_id = r.id) AS comments
             FROM risks r
            WHERE r.tenant_id = $1 AND r.id = $2 AND r.deleted_at IS NULL
              AND ${reachSql(currentReach(Permission.RiskRead), risks.bind)}`,
          risks.parameters,
        ),
        session.query<CommentRow>(
          `SELECT c.tenant_id, ${COMMENT_JSON} AS comment, ${position} AS position FROM risk_comments c
            WHERE c.tenant_id = $1 AND c.risk_id = $2 AND ${where} ORDER BY ${orderBy} ${slice}`,
          listed.parameters,
        ),
      ]);
    });
    if (!risk) throw new NotFound('risk');
    return { ...page.answer(rows, ({ comment }) => comment), ...(query.total ? { total: risk.comments } : {}) };
  }
}

/** @throws NotFound 404 */
export async function lockComment(tx: Transaction, riskId: string, id: string): Promise<CommentResponse> {
  const where = 'c.tenant_id = $1 AND c.risk_id = $2 AND c.id = $3';
  // Two statements: one that waits for a lock sees the row as it was before it waited.
  const [, [row]] = await Promise.all([
    tx.query(`SELECT FROM risk_comments c WHERE ${where} FOR UPDATE`, [tx.tenantId, riskId, id]),
    tx.query<Pick<CommentRow, 'comment'>>(`SELECT ${COMMENT_JSON} AS comment FROM risk_comments c WHERE ${where}`, [
      ...[tx.tenantId, riskId, id],
    ]),
  ]);
  if (!row) throw new NotFound('comment');
  return row.comment;
}
