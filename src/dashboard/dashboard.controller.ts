import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { utcToday } from '../http/period';
import { Returns } from '../http/returns.decorator';
import { Permission } from '../rbac/permission';
import { Requires } from '../rbac/requires.decorator';
import { RiskMatrixStatsResponse, StatsQuery, StatsResponse, TrendsQuery, TrendsResponse } from './dashboard.dto';
import { DashboardReader } from './dashboard.reader';

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
}
