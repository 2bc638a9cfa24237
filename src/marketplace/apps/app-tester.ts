import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log';
import { Database } from '../../database/database';
import { AppLog } from '../logs/app-log';
import { AppContexts } from './app-contexts';
import { runChecks } from './run-checks';
import type { AppTestResponse } from './test-app.dto';

const DEADLINE_MS = 30_000;

/** Asks a connector whether it works as it is configured. Holds no connection to the database meanwhile. */
@Injectable()
export class AppTester {
  constructor(
    private readonly database: Database,
    private readonly contexts: AppContexts,
    private readonly audit: AuditLog,
    private readonly log: AppLog,
  ) {}

  /** @throws NotFound 404, AppUninstalled 409, AppNotReady 409 while a secret is missing, ConnectorGone 409 */
  async test(id: string): Promise<AppTestResponse> {
    const began = performance.now();
    const { app, connector, context, withoutSecrets } = await this.contexts.open(id, AbortSignal.timeout(DEADLINE_MS));
    const checks = await runChecks(connector, context, withoutSecrets);
    const failed = checks.find(({ ok }) => !ok);
    const answer = { ok: failed === undefined && checks.length > 0, checks };
    await this.database.transaction(async (tx) => {
      const details = { connector: app.connector, name: app.name, ok: answer.ok };
      await this.audit.record(tx, { action: 'app.test', resource: 'app', resourceId: id, details });
      await this.log.record({
        ...{ appId: id, action: 'TEST', outcome: answer.ok ? 'SUCCEEDED' : 'FAILED' },
        durationMs: performance.now() - began,
        ...(failed && { error: failed.error ?? failed.name }),
      });
    });
    return answer;
  }
}
