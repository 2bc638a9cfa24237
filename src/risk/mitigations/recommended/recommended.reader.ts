import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../../cache/cacheable.decorator';
import { currentReach } from '../../../context/rights';
import { bindings } from '../../../database/bindings';
import { Database } from '../../../database/database';
import { Permission } from '../../../rbac/permission';
import { reachSql } from '../../risk-reach';
import { RiskTags } from '../../risk.cache';
import { MITIGATION_JSON } from '../mitigation-json';
import { OPEN_MITIGATION } from '../mitigation-lifecycle';
import { mitigationReachSql } from '../mitigation-reach';
import { MitigationTags } from '../mitigation.cache';
import type { RecommendedResponse } from './recommended.dto';

const PRIORITY = 'r.score / greatest(2, m.cost + m.duration_days)';

/** $1 tenant, $2 how many; `reachable` is a condition on the rows `m` and `r`. JSON is made of those that are shown. */
const recommendedSql = (reachable: string): string => `
  WITH best AS (
    SELECT m.id, r.id AS risk_id, ${PRIORITY} AS priority, r.score
      FROM mitigations m JOIN risks r ON r.tenant_id = m.tenant_id AND r.id = m.risk_id
     WHERE m.tenant_id = $1 AND r.deleted_at IS NULL AND m.${OPEN_MITIGATION} AND ${reachable}
     ORDER BY priority DESC, r.score DESC, m.id
     LIMIT $2)
  SELECT m.tenant_id, round(best.priority::numeric, 2) AS priority, ${MITIGATION_JSON} AS mitigation,
         json_build_object('id', r.id, 'title', r.title, 'score', r.score, 'severity', r.severity, 'status', r.status) AS risk
    FROM best
    JOIN mitigations m ON m.tenant_id = $1 AND m.id = best.id
    JOIN risks r ON r.tenant_id = $1 AND r.id = best.risk_id
   ORDER BY best.priority DESC, best.score DESC, best.id`;

@Injectable()
export class RecommendedReader {
  constructor(private readonly database: Database) {}

  /** What is open, the most worthwhile first. It tells of risks as well: both are to be within reach. */
  @Cacheable({
    cache: 'risk',
    key: (limit: number) => ['mitigations', 'recommended', limit],
    tags: [MitigationTags.all, RiskTags.all],
    reach: [Permission.MitigationRead, Permission.RiskRead],
  })
  async recommended(limit: number): Promise<RecommendedResponse> {
    const rows = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, limit);
      const reachable = [
        mitigationReachSql(currentReach(Permission.MitigationRead), bind),
        reachSql(currentReach(Permission.RiskRead), bind),
      ];
      return session.query<RecommendedResponse['items'][number]>(recommendedSql(reachable.join(' AND ')), parameters);
    });
    return { items: rows.map(({ priority, risk, mitigation }) => ({ priority, risk, mitigation })) };
  }
}
