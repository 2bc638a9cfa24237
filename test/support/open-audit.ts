import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AuditLog } from '../../src/audit/audit-log';
import { AuditSealer } from '../../src/audit/audit-sealer';
import { AuditWriter } from '../../src/audit/audit-writer';
import { AuditConfig } from '../../src/audit/audit.config';
import { AuditMetrics, auditMetricProviders } from '../../src/audit/audit.metrics';
import { Denials } from '../../src/audit/denials';
import { ConfigModule, provideConfig } from '../../src/config/config.module';
import { Database } from '../../src/database/database';
import { DatabaseModule } from '../../src/database/database.module';

export interface OpenAudit {
  readonly database: Database;
  readonly log: AuditLog;
  /** Records so many entries, each in a transaction of its own. */
  record(tenantId: string, count: number, details?: Readonly<Record<string, unknown>>): Promise<void>;
  close(): Promise<void>;
}

/** What of the audit room writes and seals, as the application boots it. Several of them are several instances. */
export async function openAudit(
  applicationUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<OpenAudit> {
  const env = { DATABASE_URL: applicationUrl, DB_POOL_MIN_IDLE: '0', DB_ACQUIRE_TIMEOUT_MS: '5000', ...settings };
  Logger.overrideLogger(false);
  const module = await Test.createTestingModule({
    imports: [ConfigModule.forEnvironment({ AUDIT_SEAL_DELAY_MS: '10', ...env }), DatabaseModule],
    providers: [
      provideConfig(AuditConfig),
      ...auditMetricProviders,
      ...[AuditMetrics, AuditSealer, AuditWriter, Denials, AuditLog],
    ],
  }).compile();
  await module.init();
  const database = module.get(Database);
  const log = module.get(AuditLog);
  return {
    database,
    log,
    record: async (tenantId, count, details = {}) => {
      for (let index = 0; index < count; index++) {
        const entry = { action: 'test.record', resource: 'test', resourceId: String(index), details };
        await database.transaction((tx) => log.record(tx, entry), { tenantId });
      }
    },
    close: () => module.close(),
  };
}
