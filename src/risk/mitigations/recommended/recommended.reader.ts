import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../../cache/cacheable.decorator';
import { currentReach } from '../../../context/rights';
import { bindings } from '../../../database/bindings';
import { Database } from '../../../database/database';
import { Permission } from '../../../rbac/permission';
import { EVERYTHING, reachSql } from '../../risk-reach';
import { countedRisks, RiskTags, rowTags } from '../../risk.cache';
import { MITIGATION_JSON } from '../mitigation-json';
import { OPEN_MITIGATION } from '../mitigation-lifecycle';
import { mitigationReachSql } from '../mitigation-reach';
import { MitigationTags } from '../mitigation.cache';
import type { RecommendedResponse } from './recommended.dto';

/** In the words of mitigations_recommended_idx. */
const PRIORITY = 'm.risk_score / greatest(2, m.cost + m.duration_days)';

/**
 * $1 tenant, $2 how many. JSON is made of those that are shown, each found by itself: Postgres believes that they are a
 * tenth of all, and would read all mitigations and risks to join them.
 *
 * @param reachable a condition on the rows `m` and `r`; undefined when everything is
 */
const recommendedSql = (reachable: string | undefined): string => `
  WITH best AS (
    SELECT m.id, m.risk_id, ${PRIORITY} AS priority, m.risk_score
      FROM mitigations m
           ${reachable === undefined ? '' : 'JOIN risks r ON r.tenant_id = m.tenant_id AND r.id = m.risk_id'}
     WHERE m.tenant_id = $1 AND m.risk_score IS NOT NULL AND m.${OPEN_MITIGATION} AND ${reachable ?? EVERYTHING}
     ORDER BY priority DESC, m.risk_score DESC, m.id
     LIMIT $2)
  SELECT m.tenant_id, round(best.priority::numeric, 2) AS priority, ${MITIGATION_JSON} AS mitigation,
         json_build_object('id', r.id, 'title', r.title, 'score', r.score, 'severity', r.severity, 'status', r.status) AS risk
    FROM best
         CROSS JOIN LATERAL (SELECT * FROM mitigations WHERE tenant_id = $1 AND id = best.id LIMIT 1) m
         CROSS JOIN LATERAL (SELECT * FROM risks WHERE tenant_id = $1 AND id = best.risk_id LIMIT 1) r
   ORDER BY best.priority DESC, best.risk_score DESC, best.id`;

@Injectable()
export class RecommendedReader {
  constructor(private readonly database: Database) {}

  /** What is open, the most worthwhile first. It tells of risks as well: both are to be within reach. */
  @Cacheable({
    cache: 'risk',
    key: (limit: number) => ['mitigations', 'recommended', limit],
    tags: [...countedRisks, MitigationTags.counted, MitigationTags.shown],
    resultTags: {
      among: rowTags,
      of: ({ items }: RecommendedResponse) => items.map(({ risk }) => RiskTags.row(risk.id)),
    },
    reach: [Permission.MitigationRead, Permission.RiskRead],
  })
  async recommended(limit: number): Promise<RecommendedResponse> {
    const rows = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, limit);
      const reaches = [
        mitigationReachSql(currentReach(Permission.MitigationRead), bind),
        reachSql(currentReach(Permission.RiskRead), bind),
      ].filter((reachable) => reachable !== EVERYTHING);
      const reachable = reaches.length > 0 ? reaches.join(' AND ') : undefined;
      return session.query<RecommendedResponse['items'][number]>(recommendedSql(reachable), parameters);
    });
    return { items: rows.map(({ priority, risk, mitigation }) => ({ priority, risk, mitigation })) };
  }
}
