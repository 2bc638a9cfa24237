import { Injectable } from '@nestjs/common';
import type { Reach } from '../../context/rights';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { OPEN_MITIGATION, type MitigationStatus } from './mitigation-lifecycle';
import { mitigationReachSql } from './mitigation-reach';

/** The mitigations of one status, of risks that are not deleted. */
export interface MitigationTally {
  readonly status: MitigationStatus;
  readonly mitigations: number;
  readonly overdue: number;
  /** Of those that were completed: days from when they were added, altogether. */
  readonly days: number;
}

/** How many mitigations were done in one day. */
export interface MitigationsDone {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly done: number;
}

/** What other rooms may ask about mitigations, as far as somebody reaches. Days are calendar days in UTC, YYYY-MM-DD. */
@Injectable()
export class MitigationStatisticsReader {
  constructor(private readonly database: Database) {}

  tallies(reach: Reach, today: string): Promise<MitigationTally[]> {
    return this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, today);
      return session.query<MitigationTally>(
        `SELECT m.status, count(*) AS mitigations,
                count(*) FILTER (WHERE m.due_date < $2::date AND m.${OPEN_MITIGATION}) AS overdue,
                coalesce(sum(extract(epoch FROM m.completed_at - m.created_at) / 86400)
                  FILTER (WHERE m.status = 'DONE'), 0)::float8 AS days
           FROM mitigations m JOIN risks r ON r.tenant_id = m.tenant_id AND r.id = m.risk_id
          WHERE m.tenant_id = $1 AND r.deleted_at IS NULL AND ${mitigationReachSql(reach, bind)}
          GROUP BY m.status`,
        parameters,
      );
    });
  }

  /** Since the start of a day. What the database's clock dates after today counts as today's. */
  doneByDay(reach: Reach, from: string, today: string): Promise<MitigationsDone[]> {
    return this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, from, today);
      return session.query<MitigationsDone>(
        `SELECT least((m.completed_at AT TIME ZONE 'UTC')::date, $3::date) AS day, count(*) AS done
           FROM mitigations m JOIN risks r ON r.tenant_id = m.tenant_id AND r.id = m.risk_id
          WHERE m.tenant_id = $1 AND m.completed_at >= $2::timestamp AT TIME ZONE 'UTC' AND m.status = 'DONE'
            AND r.deleted_at IS NULL AND ${mitigationReachSql(reach, bind)}
          GROUP BY 1`,
        parameters,
      );
    });
  }
}
