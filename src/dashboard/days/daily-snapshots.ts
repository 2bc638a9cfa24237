import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database';
import { daysBefore } from '../../http/period';
import { DurableJob } from '../../jobs/durable-job.decorator';
import type { RunningJob } from '../../jobs/running-job';
import { RiskStatisticsReader } from '../../risk/statistics/risk-statistics.reader';
import { overdueAfter } from './overdue-after';
import { registerDays, type RegisterDay } from './register-day';
import { lastSettledDay } from './settled-day';

/** The first day without a snapshot, of those that the register has settled. */
const FIRST_MISSING = `
  SELECT min(d)::date AS day
    FROM generate_series(
      (SELECT (min(at) AT TIME ZONE 'UTC')::date FROM risk_history WHERE tenant_id = $1), $2::date, interval '1 day') AS d
   WHERE NOT EXISTS (SELECT FROM register_days WHERE tenant_id = $1 AND day = d::date)`;

const INSERT = `
  INSERT INTO register_days (tenant_id, day, tallies, overdue, created, closed)
  SELECT $1, x.day, x.tallies, x.overdue, x.created, x.closed
    FROM jsonb_to_recordset($2::jsonb) AS x(day date, tallies jsonb, overdue integer, created integer, closed integer)
  ON CONFLICT DO NOTHING RETURNING 1`;

/** A day of which a snapshot was taken. */
export interface KeptDay extends RegisterDay {
  /** As of the start of the next day. */
  readonly overdue: number;
}

/** Keeps what the register was at the end of each day, so that nobody has to replay years of history for a chart. */
@Injectable()
export class DailySnapshots {
  constructor(
    private readonly database: Database,
    private readonly register: RiskStatisticsReader,
  ) {}

  /** Takes every snapshot that is missing, from the first risk on. Run again it finds nothing to do. */
  @DurableJob({ kind: 'dashboard.snapshot', queue: 'long', every: 'day' })
  async take({ period = new Date() }: Pick<RunningJob, 'period'>): Promise<{ days: number }> {
    const today = period.toISOString().slice(0, 10);
    const settled = lastSettledDay(today);
    const [missing] = await this.database.read((session) =>
      session.query<{ day: string | null }>(FIRST_MISSING, [session.tenantId, settled]),
    );
    if (!missing?.day) return { days: 0 };
    const from = missing.day;
    const [history, dues] = await Promise.all([
      this.register.history('tenant', from, today),
      this.register.dueHistory(from, today),
    ]);
    const days = registerDays(history, from, today);
    const overdue = overdueAfter(
      dues,
      days.map(({ day }) => day),
    );
    const kept = days
      .map((day, index) => ({ ...day, overdue: overdue[index] ?? 0 }))
      .filter(({ day }) => day <= settled);
    const taken = await this.database.transaction((tx) => tx.query(INSERT, [tx.tenantId, JSON.stringify(kept)]));
    return { days: taken.length };
  }

  /** Of the current tenant, oldest first. */
  between(from: string, to: string): Promise<KeptDay[]> {
    return this.database.read((session) =>
      session.query<KeptDay>(
        `SELECT tenant_id, day, tallies, overdue, created, closed FROM register_days
          WHERE tenant_id = $1 AND day BETWEEN $2 AND $3 ORDER BY day`,
        [session.tenantId, from, to],
      ),
    );
  }
}

/** Whether there is one for each day from the first of them to `to`. */
export function isUnbroken(days: readonly RegisterDay[], to: string): boolean {
  const expected = days.map((_, index) => daysBefore(to, days.length - 1 - index));
  return days.length > 0 && days.every(({ day }, index) => day === expected[index]);
}
