import { Injectable } from '@nestjs/common';
import type { Reach } from '../../context/rights';
import { daysBefore } from '../../http/period';
import { RiskStatisticsReader, type RegisterState } from '../../risk/statistics/risk-statistics.reader';
import { DailySnapshots, isUnbroken } from './daily-snapshots';
import { registerDays, type RegisterDay } from './register-day';
import { lastSettledDay } from './settled-day';

/** The register day by day, as far as somebody reaches. */
@Injectable()
export class RegisterDaysReader {
  constructor(
    private readonly register: RiskStatisticsReader,
    private readonly snapshots: DailySnapshots,
  ) {}

  /**
   * From snapshots, and the last days from history; all of it from history where snapshots are missing, or the reach is
   * narrower than the tenant, of which they are. Either way gives the same.
   *
   * @returns from `from`, or the first day of the register, to `today`
   */
  async days(reach: Reach, from: string, today: string): Promise<RegisterDay[]> {
    const settled = lastSettledDay(today);
    const stored = reach === 'tenant' && from <= settled ? await this.snapshots.between(from, settled) : [];
    const first = stored[0]?.day;
    if (first === undefined || !isUnbroken(stored, settled)) return this.fromHistory(reach, from, today);
    const next = daysBefore(settled, -1);
    const history = await this.register.history(reach, next, today);
    // Those before the first may be missing.
    if (first !== from && history.began !== first) return this.fromHistory(reach, from, today);
    return [...stored, ...registerDays(history, next, today)];
  }

  /** The register as it was when a day began; null when there was none yet. */
  async atStartOf(reach: Reach, day: string, today: string): Promise<RegisterState | null> {
    const eve = daysBefore(day, 1);
    const isKept = reach === 'tenant' && eve <= lastSettledDay(today);
    const [stored] = isKept ? await this.snapshots.between(eve, eve) : [];
    return stored ?? this.register.stateAsOf(reach, day);
  }

  private async fromHistory(reach: Reach, from: string, today: string): Promise<RegisterDay[]> {
    return registerDays(await this.register.history(reach, from, today), from, today);
  }
}
