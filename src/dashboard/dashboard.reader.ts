import { Injectable } from '@nestjs/common';
import { Cacheable } from '../cache/cacheable.decorator';
import { currentReach } from '../context/rights';
import { daysBefore, periodStart, type Period } from '../http/period';
import { Permission } from '../rbac/permission';
import { RiskTags } from '../risk/risk.cache';
import { RiskStatisticsReader } from '../risk/statistics/risk-statistics.reader';
import type { RiskMatrixStatsResponse, StatsResponse, TrendsResponse } from './dashboard.dto';
import { changeBetween, figuresOf } from './figures';
import { fillMatrix } from './risk-matrix';
import { trendOf } from './trend';

const reach = [Permission.DashboardRead];
const reached = () => currentReach(Permission.DashboardRead);

/** What the dashboard shows, of the risks that the caller's permission reaches. Answers that depend on the day are asked for with it, so that no cache outlives midnight. */
@Injectable()
export class DashboardReader {
  constructor(private readonly register: RiskStatisticsReader) {}

  @Cacheable({
    cache: 'dashboard',
    key: (period: Period, today: string) => ['stats', { period, today }],
    tags: [RiskTags.all],
    reach,
  })
  async stats(period: Period, today: string): Promise<StatsResponse> {
    const since = periodStart(period, today);
    const { now, before } = await this.register.tallies(reached(), today, since);
    const figures = figuresOf(now);
    const previous = before.length > 0 ? figuresOf(before) : null;
    const change = previous && changeBetween(figures, previous);
    return { period, today, since: since ?? null, ...figures, previous, change };
  }

  @Cacheable({ cache: 'dashboard', key: () => ['matrix'], tags: [RiskTags.all], reach })
  async riskMatrix(): Promise<RiskMatrixStatsResponse> {
    return { cells: fillMatrix(await this.register.ratings(reached())) };
  }

  @Cacheable({
    cache: 'dashboard',
    key: (days: number, today: string) => ['trends', { days, today }],
    tags: [RiskTags.all],
    reach,
  })
  async trends(days: number, today: string): Promise<TrendsResponse> {
    const from = daysBefore(today, days - 1);
    return { days, points: trendOf(await this.register.history(reached(), from, today), from, today) };
  }
}
