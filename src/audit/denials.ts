import { AsyncResource } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { contextIfAny } from '../context/request-context';
import { Database } from '../database/database';
import type { DomainError } from '../errors/domain-error';
import { atMost } from './at-most';
import { toAuditRow, type AuditRow } from './audit-entry';
import { AuditConfig } from './audit.config';
import { AuditMetrics } from './audit.metrics';
import { AuditWriter } from './audit-writer';
import { DenialBudget } from './denial-budget';

const MOST_WAITING = 1000;
const MOST_AT_ONCE = 200;
const MOST_ATTEMPTS = 3;
const RETRY_AFTER_MS = 500;
const DRAIN_TIMEOUT_MS = 2_000;

interface Denial {
  readonly tenantId: string;
  readonly row: AuditRow;
}

/**
 * Records refusals behind the answer: being refused costs nobody a connection, and a log that cannot be written turns no
 * 403 into a 500. One transaction at a time; what exceeds the budget of an account or the queue is dropped and counted.
 */
@Injectable()
export class Denials implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Audit');
  private readonly waiting: Denial[] = [];
  private readonly budget: DenialBudget;
  /** Neither the request nor the transaction that was refused: what is written here must outlive both. */
  private readonly outside = new AsyncResource('Denials');
  private writing?: Promise<void>;

  constructor(
    private readonly database: Database,
    private readonly writer: AuditWriter,
    private readonly metrics: AuditMetrics,
    { denialsPerMinute }: AuditConfig,
  ) {
    this.budget = new DenialBudget(denialsPerMinute);
  }

  note(refusal: DomainError): void {
    const context = contextIfAny();
    if (!context?.actor) return;
    const { tenantId, userId } = context.actor;
    if (this.waiting.length >= MOST_WAITING || !this.budget.takes(`${tenantId} ${userId}`, performance.now())) {
      this.metrics.denialsDropped(1);
      return;
    }
    const permission = refusal.extensions?.['permission'];
    const action = typeof permission === 'string' ? permission : refusal.code;
    const [resource = action] = action.split(/[.:]/);
    const details = { code: refusal.code, route: context.route };
    const entry = { action, resource, outcome: 'DENIED', details, resourceId: context.objectId } as const;
    this.waiting.push({ tenantId, row: toAuditRow(entry, context) });
    this.writing ??= this.outside.runInAsyncScope(() => this.writeAll());
  }

  /** Writes what was noted, within two seconds. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.writing) await atMost(DRAIN_TIMEOUT_MS, this.writing);
  }

  private async writeAll(): Promise<void> {
    for (let batch = this.takeBatch(); batch; batch = this.takeBatch()) await this.write(batch.tenantId, batch.rows);
    this.writing = undefined;
  }

  /** Those of one tenant that wait first. */
  private takeBatch(): { readonly tenantId: string; readonly rows: readonly AuditRow[] } | undefined {
    const [first] = this.waiting;
    if (!first) return undefined;
    const { tenantId } = first;
    const next = this.waiting.findIndex((denial) => denial.tenantId !== tenantId);
    const count = Math.min(next < 0 ? this.waiting.length : next, MOST_AT_ONCE);
    return { tenantId, rows: this.waiting.splice(0, count).map(({ row }) => row) };
  }

  private async write(tenantId: string, rows: readonly AuditRow[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.database.transaction((tx) => this.writer.write(tx, rows), { tenantId });
        return;
      } catch (error) {
        if (attempt >= MOST_ATTEMPTS) {
          this.metrics.denialsDropped(rows.length);
          this.logger.warn(`${rows.length} refused requests could not be recorded: ${String(error)}`);
          return;
        }
        await pause(RETRY_AFTER_MS);
      }
    }
  }
}
