import { Global, Module } from '@nestjs/common';
import { DiscoveryModule, MetadataScanner } from '@nestjs/core';
import { provideConfig } from '../config/config.module';
import { DatabaseConfig } from '../database/database.config';
import { JobQueue } from './job-queue';
import { JobRecords } from './job-records';
import { JobRegistry } from './job-registry';
import { JobRunner } from './job-runner';
import { JobSchedule } from './job-schedule';
import { Jobs } from './jobs';
import { JobsConfig } from './jobs.config';
import { JobMetrics, jobMetricProviders } from './jobs.metrics';
import { JobWorkers } from './job-workers';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    provideConfig(JobsConfig),
    provideConfig(DatabaseConfig),
    MetadataScanner,
    JobRegistry,
    JobQueue,
    JobRecords,
    JobRunner,
    JobSchedule,
    JobWorkers,
    Jobs,
    ...jobMetricProviders,
    JobMetrics,
  ],
  exports: [Jobs],
})
export class JobsModule {}
