import { Module } from '@nestjs/common';
import { RiskStatisticsModule } from '../risk/statistics/risk-statistics.module';
import { DashboardController } from './dashboard.controller';
import { DashboardReader } from './dashboard.reader';

@Module({
  imports: [RiskStatisticsModule],
  controllers: [DashboardController],
  providers: [DashboardReader],
})
export class DashboardModule {}
