import { Module } from '@nestjs/common';
import { RiskStatisticsReader } from './risk-statistics.reader';

@Module({ providers: [RiskStatisticsReader], exports: [RiskStatisticsReader] })
export class RiskStatisticsModule {}
