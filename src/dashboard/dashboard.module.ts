import { Module } from '@nestjs/common';
import { RiskStatisticsModule } from '../risk/statistics/risk-statistics.module';
import { DailySnapshots } from './days/daily-snapshots';
import { RegisterDaysReader } from './days/register-days.reader';
import { TimeseriesController } from './timeseries/timeseries.controller';
import { DashboardController } from './dashboard.controller';
import { DashboardReader } from './dashboard.reader';

@Module({
  imports: [RiskStatisticsModule],
  controllers: [DashboardController, TimeseriesController],
  providers: [DashboardReader, RegisterDaysReader, DailySnapshots],
})
export class DashboardModule {}
