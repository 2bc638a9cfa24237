import { Injectable } from '@nestjs/common';
import { Cacheable } from '../cache/cacheable.decorator';
import { currentReach } from '../context/rights';
import { daysBefore, periodStart, type Period } from '../http/period';
import { Permission } from '../rbac/permission';
import { RISK_STATUSES } from '../risk/lifecycle/risk-lifecycle';
import { MitigationStatisticsReader } from '../risk/mitigations/mitigation-statistics.reader';
import { MitigationTags } from '../risk/mitigations/mitigation.cache';
import { SEVERITIES } from '../risk/risk-score';
import type { RiskSource } from '../risk/risk-terms';
import { countedRisks, RiskTags, rowTags } from '../risk/risk.cache';
import { RiskStatisticsReader } from '../risk/statistics/risk-statistics.reader';
import type { RiskMatrixStatsResponse, StatsResponse, TrendsResponse } from './dashboard.dto';
import { RegisterDaysReader } from './days/register-days.reader';
import { sharesOf, sharesOfEach } from './distribution/distribution';
import { MOST_GROUPS, type RiskDistributionResponse } from './distribution/distribution.dto';
import { changeBetween, figuresOf } from './figures';
import { mitigationMetricsOf } from './mitigation-metrics/mitigation-metrics';
import type { MitigationMetricsResponse } from './mitigation-metrics/mitigation-metrics.dto';
import { fillMatrix } from './risk-matrix';
import { timelineOf } from './timeline/timeline';
import type { TimelineResponse } from './timeline/timeline.dto';
import type { SeriesRange } from './timeseries/series-range';
import { seriesOf, type Series } from './timeseries/timeseries';
import type { TimeseriesResponse } from './timeseries/timeseries.dto';
import type { TopRisksResponse } from './top-risks/top-risks.dto';
import { trendOf } from './trend';

const reach = [Permission.DashboardRead];
const withMitigations = [...countedRisks, MitigationTags.counted];
const reached = () => currentReach(Permission.DashboardRead);

/** What the dashboard shows, of the risks that the caller's permission reaches. Answers that depend on the day are asked for with it, so that no cache outlives midnight. */
@Injectable()
export class DashboardReader {
  constructor(
    private readonly register: RiskStatisticsReader,
    private readonly mitigations: MitigationStatisticsReader,
    private readonly days: RegisterDaysReader,
  ) {}

  @Cacheable({
    cache: 'dashboard',
    key: (period: Period, today: string) => ['stats', { period, today }],
    tags: countedRisks,
    reach,
  })
  async stats(period: Period, today: string): Promise<StatsResponse> {
    const since = periodStart(period, today);
    const [now, before] = await Promise.all([
      this.register.state(reached(), today),
      since === undefined ? null : this.days.atStartOf(reached(), since, today),
    ]);
    const figures = figuresOf(now);
    const previous = before && figuresOf(before);
    const change = previous && changeBetween(figures, previous);
    return { period, today, since: since ?? null, ...figures, previous, change };
  }

  @Cacheable({ cache: 'dashboard', key: () => ['matrix'], tags: countedRisks, reach })
  async riskMatrix(): Promise<RiskMatrixStatsResponse> {
    return { cells: fillMatrix(await this.register.ratings(reached())) };
  }

  @Cacheable({
    cache: 'dashboard',
    key: (days: number, today: string) => ['trends', { days, today }],
    tags: countedRisks,
    reach,
  })
  async trends(days: number, today: string): Promise<TrendsResponse> {
    return { days, points: trendOf(await this.days.days(reached(), daysBefore(today, days - 1), today)) };
  }

  /** What happened day by day. */
  @Cacheable({
    cache: 'dashboard',
    key: (days: number, today: string) => ['timeline', { days, today }],
    tags: withMitigations,
    reach,
  })
  async timeline(days: number, today: string): Promise<TimelineResponse> {
    const from = daysBefore(today, days - 1);
    const [history, done] = await Promise.all([
      this.register.events(reached(), from, today),
      this.mitigations.doneByDay(reached(), from, today),
    ]);
    return { days, timeline: timelineOf(history, done, from, today) };
  }

  @Cacheable({ cache: 'dashboard', key: () => ['distribution'], tags: countedRisks, reach })
  async distribution(): Promise<RiskDistributionResponse> {
    const groupings = ['severity', 'status', 'category', 'framework', 'owner'] as const;
    const found = await Promise.all(groupings.map((by) => this.register.groups(reached(), by, MOST_GROUPS)));
    const [severities = [], statuses = [], ...others] = found.map(({ groups }) => groups);
    const [byCategory = [], byFramework = [], byOwner = []] = others.map(sharesOf);
    return {
      bySeverity: sharesOfEach(SEVERITIES, severities),
      byStatus: sharesOfEach(RISK_STATUSES, statuses),
      ...{ byCategory, byFramework, byOwner },
      omittedGroups: found.reduce((sum, { groups, count }) => sum + count - groups.length, 0),
    };
  }

  @Cacheable({ cache: 'dashboard', key: (today: string) => ['mitigations', { today }], tags: withMitigations, reach })
  async mitigationMetrics(today: string): Promise<MitigationMetricsResponse> {
    return mitigationMetricsOf(await this.mitigations.tallies(reached(), today));
  }

  /** @param sources undefined for any */
  @Cacheable({
    cache: 'dashboard',
    key: (limit: number, sources?: readonly RiskSource[]) => ['top-risks', { limit, sources }],
    tags: [...countedRisks, MitigationTags.counted, MitigationTags.shown],
    resultTags: { among: rowTags, of: ({ items }: TopRisksResponse) => items.map(({ id }) => RiskTags.row(id)) },
    reach,
  })
  async topRisks(limit: number, sources?: readonly RiskSource[]): Promise<TopRisksResponse> {
    return { items: await this.register.top(reached(), limit, sources) };
  }

  @Cacheable({
    cache: 'dashboard',
    key: (series: Series, range: SeriesRange) => ['timeseries', { ...series, ...range }],
    tags: countedRisks,
    reach,
  })
  async timeseries(series: Series, { from, to, today }: SeriesRange): Promise<TimeseriesResponse> {
    const days = await this.days.days(reached(), from, today);
    const wanted = days.filter(({ day }) => day <= to);
    return { points: seriesOf(wanted, series) };
  }
}
