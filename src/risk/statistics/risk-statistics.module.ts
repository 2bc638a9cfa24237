import { Module } from '@nestjs/common';
import { MitigationStatisticsReader } from '../mitigations/mitigation-statistics.reader';
import { RiskStatisticsReader } from './risk-statistics.reader';
import { TallyCompaction } from './tally-compaction';

const readers = [RiskStatisticsReader, MitigationStatisticsReader];

@Module({ providers: [...readers, TallyCompaction], exports: readers })
export class RiskStatisticsModule {}
