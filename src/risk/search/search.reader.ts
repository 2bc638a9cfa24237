import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { Database } from '../../database/database';
import { RISK_JSON } from '../risk-json';
import { RiskKeys, RiskTags } from '../risk.cache';
import type { RiskResponse } from '../risk.dto';
import { highlight, highlightedSnippet } from './highlight';
import type { SearchResponse } from './search.dto';
import { prefixQuery } from './search-terms';

/**
 * Full text (title before description before category and external id), plus how closely the title resembles what was
 * typed, which also finds what was misspelt. Full text hits come first.
 */
const SEARCH = `
  WITH hits AS (
    SELECT r.tenant_id, r.id, r.search @@ query AS exact,
           ts_rank_cd('{0, 0.1, 0.3, 1}', r.search, query) + word_similarity($3, r.title) AS rank
      FROM risks r, to_tsquery('simple', $2) query
     WHERE r.tenant_id = $1 AND r.deleted_at IS NULL AND (r.search @@ query OR word_similarity($3, r.title) >= 0.45)
     ORDER BY exact DESC, rank DESC, r.score DESC, r.id
     LIMIT $4)
  SELECT ${RISK_JSON} AS risk, round(hits.rank::numeric, 4) AS rank
    FROM hits JOIN risks r USING (tenant_id, id)
   ORDER BY hits.exact DESC, hits.rank DESC, r.score DESC, r.id`;

@Injectable()
export class SearchReader {
  constructor(private readonly database: Database) {}

  @Cacheable({ cache: 'risk', key: RiskKeys.search, tags: () => [RiskTags.all] })
  async search(q: string, limit: number): Promise<SearchResponse> {
    const rows = await this.database.read((session) =>
      session.query<{ risk: RiskResponse; rank: number }>(SEARCH, [session.tenantId, prefixQuery(q), q, limit]),
    );
    return {
      items: rows.map(({ risk, rank }) => ({
        risk,
        rank,
        highlights: { title: highlight(risk.title, q), description: highlightedSnippet(risk.description, q) },
      })),
    };
  }
}
