import { Global, Module } from '@nestjs/common';
import { provideConfig } from '../config/config.module';
import { KeysetPages } from '../database/keyset-page';
import { AuditExport } from './audit-export';
import { AuditLog } from './audit-log';
import { AuditSealer } from './audit-sealer';
import { AuditWriter } from './audit-writer';
import { AuditConfig } from './audit.config';
import { AuditController } from './audit.controller';
import { AuditMetrics, auditMetricProviders } from './audit.metrics';
import { AuditReader } from './audit.reader';
import { Denials } from './denials';

@Global()
@Module({
  controllers: [AuditController],
  providers: [
    provideConfig(AuditConfig),
    ...auditMetricProviders,
    AuditMetrics,
    AuditSealer,
    AuditWriter,
    Denials,
    AuditLog,
    KeysetPages,
    AuditReader,
    AuditExport,
  ],
  exports: [AuditLog],
})
export class AuditModule {}
