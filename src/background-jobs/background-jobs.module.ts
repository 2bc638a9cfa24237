import { Module } from '@nestjs/common';
import { KeysetPages } from '../database/keyset-page';
import { FileExpiry } from './file-expiry';
import { JobController } from './job.controller';
import { JobReader } from './job.reader';

@Module({ controllers: [JobController], providers: [KeysetPages, JobReader, FileExpiry], exports: [JobReader] })
export class BackgroundJobsModule {}
