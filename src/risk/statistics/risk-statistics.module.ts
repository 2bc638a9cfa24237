import { Module } from '@nestjs/common';
import { MitigationStatisticsReader } from '../mitigations/mitigation-statistics.reader';
import { RiskStatisticsReader } from './risk-statistics.reader';

const readers = [RiskStatisticsReader, MitigationStatisticsReader];

@Module({ providers: readers, exports: readers })
export class RiskStatisticsModule {}
