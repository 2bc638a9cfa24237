import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { currentReach } from '../../context/rights';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { Permission } from '../../rbac/permission';
import { RISK_JSON } from '../risk-json';
import { reachSql } from '../risk-reach';
import { RiskKeys, RiskTags } from '../risk.cache';
import type { RiskResponse } from '../risk.dto';
import { highlight, highlightedSnippet } from './highlight';
import type { SearchResponse } from './search.dto';
import { prefixQuery } from './search-terms';

/**
 * $1 tenant, $2 query, $3 what was typed, $4 how many; `reachable` is a condition on the row `r` of risks.
 *
 * Full text: the title counts more than the description, that more than category and external id. Only when this does
 * not fill the answer, titles that resemble what was typed: comparing with every title takes its time.
 */
const searchSql = (reachable: string): string => `
  WITH exact AS MATERIALIZED (
    SELECT r.id, ts_rank_cd('{0, 0.1, 0.3, 1}', r.search, query) + word_similarity($3, r.title) AS rank
      FROM risks r, to_tsquery('simple', $2) query
     WHERE r.tenant_id = $1 AND r.deleted_at IS NULL AND ${reachable} AND r.search @@ query
     ORDER BY rank DESC, r.score DESC, r.id
     LIMIT $4
  ), resembling AS (
    SELECT id, similarity AS rank
      FROM (SELECT r.id, r.score, word_similarity($3, r.title) AS similarity FROM risks r
             WHERE r.tenant_id = $1 AND r.deleted_at IS NULL AND ${reachable}
               AND (SELECT count(*) FROM exact) < $4) title
     WHERE similarity >= 0.45 AND id NOT IN (SELECT id FROM exact)
     ORDER BY similarity DESC, score DESC, id
     LIMIT $4
  ), hits AS (SELECT 1 AS place, * FROM exact UNION ALL SELECT 2, * FROM resembling)
  SELECT r.tenant_id, ${RISK_JSON} AS risk, round(hits.rank::numeric, 4) AS rank
    FROM hits JOIN risks r ON r.tenant_id = $1 AND r.id = hits.id
   ORDER BY hits.place, hits.rank DESC, r.score DESC, r.id
   LIMIT $4`;

@Injectable()
export class SearchReader {
  constructor(private readonly database: Database) {}

  @Cacheable({ cache: 'risk', key: RiskKeys.search, tags: [RiskTags.all], reach: [Permission.RiskRead] })
  async search(q: string, limit: number): Promise<SearchResponse> {
    const rows = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, prefixQuery(q), q, limit);
      const reachable = reachSql(currentReach(Permission.RiskRead), bind);
      return session.query<{ risk: RiskResponse; rank: number }>(searchSql(reachable), parameters);
    });
    return {
      items: rows.map(({ risk, rank }) => ({
        risk,
        rank,
        highlights: { title: highlight(risk.title, q), description: highlightedSnippet(risk.description, q) },
      })),
    };
  }
}
