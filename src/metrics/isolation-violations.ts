import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';

const name = 'openrisk_tenant_isolation_violations_total';

/** For every module that has an {@link IsolationViolations}. */
export const isolationViolationsProvider = makeCounterProvider({
  name,
  help: 'Things of one tenant that came up in the work of another and were refused. Must stay 0.',
  labelNames: ['layer'],
});

/** A row of another tenant came back from Postgres; nobody is told anything of it. */
export class ForeignRow extends Error {
  constructor() {
    super('A statement returned a row of another tenant');
    this.name = 'ForeignRow';
  }
}

/** The last look behind the filters: what says whose it is must belong to whom it is handed out. */
@Injectable()
export class IsolationViolations {
  constructor(@InjectMetric(name) private readonly violations: Counter) {
    for (const layer of ['cache', 'database']) violations.inc({ layer }, 0);
  }

  /** A cached entry carried another tenant and was dropped. */
  foreignEntry(): void {
    this.violations.inc({ layer: 'cache' });
  }

  /**
   * Looks at rows that carry their `tenant_id`; a statement has that looked at by selecting it.
   *
   * @throws ForeignRow
   */
  inspect(rows: readonly object[], tenantId: string | undefined): void {
    if (tenantId === undefined || rows[0] === undefined || !('tenant_id' in rows[0])) return;
    for (const row of rows as readonly { tenant_id: unknown }[]) {
      if (row.tenant_id === tenantId) continue;
      this.violations.inc({ layer: 'database' });
      throw new ForeignRow();
    }
  }
}
