import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { utcToday } from '../http/period';
import { Returns } from '../http/returns.decorator';
import { Permission } from '../rbac/permission';
import { Requires } from '../rbac/requires.decorator';
import { RiskMatrixStatsResponse, StatsQuery, StatsResponse, TrendsQuery, TrendsResponse } from './dashboard.dto';
import { DashboardReader } from './dashboard.reader';
import { RiskDistributionResponse } from './distribution/distribution.dto';
import { MitigationMetricsResponse } from './mitigation-metrics/mitigation-metrics.dto';
import { TimelineQuery, TimelineResponse } from './timeline/timeline.dto';
import { TopRisksQuery, TopRisksResponse } from './top-risks/top-risks.dto';

@ApiTags('Dashboard')
@Controller('stats')
export class DashboardController {
  constructor(private readonly dashboard: DashboardReader) {}

  @Get()
  @Requires(Permission.DashboardRead)
  @Returns(StatsResponse, 'The register in numbers, and how they have changed')
  getStats(@Query() { period }: StatsQuery): Promise<StatsResponse> {
    return this.dashboard.stats(period, utcToday());
  }

  @Get('risk-matrix')
  @Requires(Permission.DashboardRead)
  @Returns(RiskMatrixStatsResponse, 'How many risks have which probability and impact')
  getStatsRiskMatrix(): Promise<RiskMatrixStatsResponse> {
    return this.dashboard.riskMatrix();
  }

  @Get('trends')
  @Requires(Permission.DashboardRead)
  @Returns(TrendsResponse, 'The register day by day')
  getTrends(@Query() { days }: TrendsQuery): Promise<TrendsResponse> {
    return this.dashboard.trends(days, utcToday());
  }

  @Get('timeline')
  @Requires(Permission.DashboardRead)
  @Returns(TimelineResponse, 'What happened to the register day by day')
  getTimeline(@Query() { days }: TimelineQuery): Promise<TimelineResponse> {
    return this.dashboard.timeline(days, utcToday());
  }

  @Get('risk-distribution')
  @Requires(Permission.DashboardRead)
  @Returns(RiskDistributionResponse, 'Of which kinds the risks are')
  getRiskDistribution(): Promise<RiskDistributionResponse> {
    return this.dashboard.distribution();
  }

  @Get('mitigation-metrics')
  @Requires(Permission.DashboardRead)
  @Returns(MitigationMetricsResponse, 'How far the mitigations are')
  getMitigationMetrics(): Promise<MitigationMetricsResponse> {
    return this.dashboard.mitigationMetrics(utcToday());
  }

  @Get('top-risks')
  @Requires(Permission.DashboardRead)
  @Returns(TopRisksResponse, 'The risks with the highest scores, and what to do next')
  getTopRisks(@Query() { limit }: TopRisksQuery): Promise<TopRisksResponse> {
    return this.dashboard.topRisks(limit);
  }

  @Get('top-vulnerabilities')
  @Requires(Permission.DashboardRead)
  @Returns(TopRisksResponse, 'The same of risks that connectors have brought')
  getTopVulnerabilities(@Query() { limit }: TopRisksQuery): Promise<TopRisksResponse> {
    return this.dashboard.topRisks(limit, ['CONNECTOR']);
  }
}
