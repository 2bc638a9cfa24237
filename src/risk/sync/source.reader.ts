import { Injectable } from '@nestjs/common';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { instantSql } from '../../database/instant-sql';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import { NotFound } from '../../errors/http.errors';
import type { Page, PageQuery } from '../../http/pagination';
import { currentReach } from '../../context/rights';
import { Permission } from '../../rbac/permission';
import { reachSql } from '../risk-reach';
import type { RiskSourceResponse } from './source.dto';

const byConnector: readonly KeysetColumn[] = ['connector', 'kind', 'external_id'].map((column) => ({
  ...{ sql: `s.${column}`, type: 'text', descending: false },
}));

const SOURCE_JSON = `json_build_object(
  'connector', s.connector, 'kind', s.kind, 'externalId', s.external_id, 'firstSeenAt', ${instantSql('s.first_seen_at')},
  'lastSeenAt', ${instantSql('s.last_seen_at')}, 'vanishedAt', ${instantSql('s.vanished_at')})`;

interface SourceRow {
  readonly source: RiskSourceResponse;
  readonly position: string[];
}

/** Not cached: every synchronisation says of every risk that it was seen again. */
@Injectable()
export class RiskSourceReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  /** @throws NotFound 404 */
  async list(riskId: string, query: PageQuery): Promise<Page<RiskSourceResponse>> {
    const page = this.pages.pageFor(['sources', riskId], query, byConnector);
    const [[risk], rows] = await this.database.read((session) => {
      const risks = bindings(session.tenantId, riskId);
      const listed = bindings(session.tenantId, riskId);
      const { where, orderBy, position, slice } = page.sql(listed.bind);
      return Promise.all([
        session.query<{ sources: number }>(
          `SELECT (SELECT count(*) FROM risk_sources s WHERE s.tenant_id = r.tenant_id AND s.risk_id = r.id) AS sources
             FROM risks r
            WHERE r.tenant_id = $1 AND r.id = $2 AND r.deleted_at IS NULL
              AND ${reachSql(currentReach(Permission.RiskRead), risks.bind)}`,
          risks.parameters,
        ),
        session.query<SourceRow>(
          `SELECT s.tenant_id, ${SOURCE_JSON} AS source, ${position} AS position FROM risk_sources s
            WHERE s.tenant_id = $1 AND s.risk_id = $2 AND ${where} ORDER BY ${orderBy} ${slice}`,
          listed.parameters,
        ),
      ]);
    });
    if (!risk) throw new NotFound('risk');
    return { ...page.answer(rows, ({ source }) => source), ...(query.total ? { total: risk.sources } : {}) };
  }
}
