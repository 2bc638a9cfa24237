import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { currentReach } from '../../context/rights';
import { Database } from '../../database/database';
import { Permission } from '../../rbac/permission';
import { RISK_JSON } from '../risk-json';
import { RiskKeys, shownRisks } from '../risk.cache';
import type { RiskResponse } from '../risk.dto';
import { highlight, highlightedSnippet } from './highlight';
import type { SearchResponse } from './search.dto';
import { prefixQuery } from './search-terms';

/**
 * $1 tenant, $2 query, $3 what was typed, $4 ids of the people whose risks are within reach or null, $5 how many.
 *
 * Full text: the title counts more than the description, that more than category and external id, and whole words more than
 * those that begin so. Only when hardly anything has the words, titles that resemble what was typed.
 */
const SEARCH = `
  SELECT r.tenant_id, ${RISK_JSON} AS risk, round(hits.rank::numeric, 4) AS rank
    FROM search.find_risks(to_tsquery('simple', $2), $3, $4::uuid[], $5) AS hits
    JOIN risks r ON r.tenant_id = $1 AND r.id = hits.id AND r.deleted_at IS NULL
   ORDER BY hits.place, hits.rank DESC, r.score DESC, r.id
   LIMIT $5`;

@Injectable()
export class SearchReader {
  constructor(private readonly database: Database) {}

  @Cacheable({ cache: 'risk', key: RiskKeys.search, tags: shownRisks, reach: [Permission.RiskRead] })
  async search(q: string, limit: number): Promise<SearchResponse> {
    const reach = currentReach(Permission.RiskRead);
    const people = reach === 'tenant' ? null : reach;
    const rows = await this.database.read((session) =>
      session.query<{ risk: RiskResponse; rank: number }>(SEARCH, [session.tenantId, prefixQuery(q), q, people, limit]),
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
