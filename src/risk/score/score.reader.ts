import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { Database } from '../../database/database';
import { instantSql } from '../../database/instant-sql';
import { periodStart, type Period } from '../../http/period';
import { Permission } from '../../rbac/permission';
import { RiskReader } from '../risk.reader';
import { MOST_POINTS, toExplainedScore, type ExplainedScoreResponse } from './score.dto';

/**
 * $1 tenant, $2 risk, $3 its version, $4 the day at whose start (UTC) the period begins, or null. The versions that changed
 * a score: the one that stood at the start, and the last ones since.
 */
const SERIES = `
  WITH changes AS (
    SELECT tenant_id, version, at, score, residual_score
      FROM (SELECT tenant_id, version, at, score, residual_score, lag(score) OVER versions AS score_before,
                   lag(residual_score) OVER versions AS residual_before
              FROM risk_history
             WHERE tenant_id = $1 AND risk_id = $2 AND version <= $3
            WINDOW versions AS (ORDER BY version)) h
     WHERE (score, residual_score) IS DISTINCT FROM (score_before, residual_before)
  ), series AS (
    SELECT *, row_number() OVER (ORDER BY version) AS place, row_number() OVER (ORDER BY version DESC) AS place_from_end
      FROM changes
     WHERE version >= coalesce(
       (SELECT max(version) FROM changes WHERE at < $4::date::timestamp AT TIME ZONE 'UTC'), 1)
  )
  SELECT tenant_id, json_build_object('version', version, 'at', ${instantSql('at')}, 'score', score,
         'residualScore', residual_score) AS point
    FROM series
   WHERE place = 1 OR place_from_end <= ${MOST_POINTS}
   ORDER BY version`;

@Injectable()
export class ScoreReader {
  constructor(
    private readonly database: Database,
    private readonly risks: RiskReader,
  ) {}

  /**
   * How the score came about, and how it has changed since the period began.
   *
   * @param today the UTC day that the period goes back from
   * @throws NotFound 404
   */
  @Cacheable({
    cache: 'risk',
    key: (id: string, period: Period, today: string) => [
      ...['id', id, 'state', 'score'],
      { since: periodStart(period, today) ?? null },
    ],
    reach: [Permission.RiskRead],
  })
  async explain(id: string, period: Period, today: string): Promise<ExplainedScoreResponse> {
    const explanation = await this.risks.score(id);
    // History is never changed: up to that version it says what the explanation does, whatever has happened meanwhile.
    const rows = await this.database.read((session) =>
      session.query<{ point: ExplainedScoreResponse['series'][number] }>(SERIES, [
        ...[session.tenantId, id, explanation.version, periodStart(period, today) ?? null],
      ]),
    );
    return toExplainedScore(
      explanation,
      rows.map(({ point }) => point),
    );
  }
}
