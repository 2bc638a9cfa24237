import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { currentReach } from '../../context/rights';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { periodStart, type Period } from '../../http/period';
import { Permission } from '../../rbac/permission';
import { reachSql } from '../risk-reach';
import { countedRisks } from '../risk.cache';
import { registerRatings } from '../statistics/statistics-sql';
import { thresholdsInForce } from '../settings/settings-rows';
import { matrixCells, type RatedRisks } from './matrix-cells';
import type { MatrixResponse } from './matrix.dto';

const SHOWN = 5;

/** $1 tenant, $2 when they were created at the earliest, or null */
const ratedRisks = (reachable: string, isWholeRegister: boolean): string => `
  WITH cells AS (
    ${isWholeRegister ? registerRatings(reachable) : counted(reachable)})
  SELECT probability, impact, count, ARRAY(
      SELECT r.id::text FROM risks r
       WHERE ${inPeriod} AND ${reachable} AND r.probability = cells.probability AND r.impact = cells.impact
       ORDER BY r.score DESC, r.id DESC LIMIT ${SHOWN}) AS "riskIds"
    FROM cells`;

const counted = (reachable: string): string =>
  `SELECT probability, impact, count(*) AS count FROM risks r WHERE ${inPeriod} AND ${reachable} GROUP BY probability, impact`;

const inPeriod = 'r.tenant_id = $1 AND r.deleted_at IS NULL AND ($2::timestamptz IS NULL OR r.created_at >= $2)';

@Injectable()
export class MatrixReader {
  constructor(private readonly database: Database) {}

  /** @param today the UTC day, whose beginning the period is counted from */
  @Cacheable({
    cache: 'risk',
    key: (period: Period, today: string) => ['matrix', { period, today: period === 'all' ? undefined : today }],
    tags: countedRisks,
    reach: [Permission.RiskRead],
  })
  async matrix(period: Period, today: string): Promise<MatrixResponse> {
    const firstDay = periodStart(period, today);
    const createdSince = firstDay === undefined ? null : `${firstDay}T00:00:00.000Z`;
    const [found, thresholds] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, createdSince);
      const reachable = reachSql(currentReach(Permission.RiskRead), bind);
      return Promise.all([
        session.query<RatedRisks>(ratedRisks(reachable, createdSince === null), parameters),
        thresholdsInForce(session),
      ]);
    });
    return { period, createdSince, cells: matrixCells(found, thresholds, createdSince) };
  }
}
