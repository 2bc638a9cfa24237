import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { Database } from '../../database/database';
import { periodStart, type Period } from '../../http/period';
import { RiskTags } from '../risk.cache';
import { matrixCells, type MatrixCell, type RatedRisks } from './matrix-cells';

const SHOWN = 5;

const RATED_RISKS = `
  SELECT probability, impact, count(*) AS count, array_agg(id::text ORDER BY place) FILTER (WHERE place <= ${SHOWN}) AS "riskIds"
    FROM (SELECT id, probability, impact,
                 row_number() OVER (PARTITION BY probability, impact ORDER BY score DESC, id DESC) AS place
            FROM risks
           WHERE tenant_id = $1 AND deleted_at IS NULL AND ($2::timestamptz IS NULL OR created_at >= $2)) risk
   GROUP BY probability, impact`;

export interface Matrix {
  readonly period: Period;
  readonly createdSince: string | null;
  readonly cells: readonly MatrixCell[];
}

@Injectable()
export class MatrixReader {
  constructor(private readonly database: Database) {}

  /** @param today the UTC day, whose beginning the period is counted from */
  @Cacheable({
    cache: 'risk',
    key: (period: Period, today: string) => ['matrix', { period, today: period === 'all' ? undefined : today }],
    tags: () => [RiskTags.all],
  })
  async matrix(period: Period, today: string): Promise<Matrix> {
    const firstDay = periodStart(period, today);
    const createdSince = firstDay === undefined ? null : `${firstDay}T00:00:00.000Z`;
    const found = await this.database.read((session) =>
      session.query<RatedRisks>(RATED_RISKS, [session.tenantId, createdSince]),
    );
    return { period, createdSince, cells: matrixCells(found, createdSince) };
  }
}
