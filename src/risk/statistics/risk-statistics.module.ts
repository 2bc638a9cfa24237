import { Module } from '@nestjs/common';
import { MitigationStatisticsReader } from '../mitigations/mitigation-statistics.reader';
import { registerMetricProviders, RegisterMetrics } from '../register-metrics/register.metrics';
import { RegisterSweep } from '../register-metrics/register-sweep';
import { RiskStatisticsReader } from './risk-statistics.reader';
import { TallyCompaction } from './tally-compaction';

const readers = [RiskStatisticsReader, MitigationStatisticsReader];

@Module({
  providers: [...readers, TallyCompaction, ...registerMetricProviders, RegisterSweep, RegisterMetrics],
  exports: readers,
})
export class RiskStatisticsModule {}
