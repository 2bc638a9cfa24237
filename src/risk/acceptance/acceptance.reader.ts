import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import { NotFound } from '../../errors/http.errors';
import type { Page } from '../../http/pagination';
import { Permission } from '../../rbac/permission';
import { riskInReach } from '../risk-reach';
import { ACCEPTANCE_JSON } from './acceptance-rows';
import type { AcceptanceQuery, AcceptanceResponse } from './acceptance.dto';

const newestFirst: readonly KeysetColumn[] = [
  { sql: 'a.requested_at', type: 'timestamptz', descending: true },
  { sql: 'a.id', type: 'uuid', descending: true },
];

@Injectable()
export class AcceptanceReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  /**
   * Those of one risk, the current and the earlier ones.
   *
   * @throws NotFound 404
   */
  @Cacheable({
    cache: 'risk',
    key: (riskId: string, { status, ...page }: AcceptanceQuery) => [
      ...['id', riskId, 'acceptance'],
      { ...page, status: status?.toSorted() },
    ],
    reach: [Permission.RiskRead],
  })
  async list(riskId: string, query: AcceptanceQuery): Promise<Page<AcceptanceResponse>> {
    const status = query.status?.toSorted() ?? null;
    const page = this.pages.pageFor(['acceptance', riskId, status], query, newestFirst);
    const filter = `a.tenant_id = $1 AND a.risk_id = $2 AND ($3::text[] IS NULL OR a.status = ANY ($3::text[]))`;
    const [isThere, rows, [counted]] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, riskId, status);
      const { where, orderBy, position, slice } = page.sql(bind);
      return Promise.all([
        riskInReach(session, riskId),
        session.query<{ acceptance: AcceptanceResponse; position: string[] }>(
          `SELECT a.tenant_id, ${ACCEPTANCE_JSON} AS acceptance, ${position} AS position FROM risk_acceptances a
            WHERE ${filter} AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        session.query<{ count: number }>(`SELECT count(*) AS count FROM risk_acceptances a WHERE ${filter}`, [
          ...[session.tenantId, riskId, status],
        ]),
      ]);
    });
    if (!isThere) throw new NotFound('risk');
    return {
      ...page.answer(rows, ({ acceptance }) => acceptance),
      ...(query.total ? { total: counted?.count ?? 0 } : {}),
    };
  }
}
