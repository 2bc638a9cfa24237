import { AsyncResource } from 'node:async_hooks';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../database/database';
import { atMost } from './at-most';
import { AuditConfig } from './audit.config';
import { AuditMetrics } from './audit.metrics';
import { HeadLog } from './head-log';
import { sealEntries } from './seal-entries';

const RETRY_AFTER_MS = 5_000;
const DRAIN_TIMEOUT_MS = 2_000;

/**
 * Seals what was recorded, soon after its commit and behind the requests: one tenant after the other over one connection,
 * and not while somebody waits for one. What an instance leaves behind is found by any other's sweep, or after the next
 * boot: each entry is in audit_unsealed until it is sealed.
 */
@Injectable()
export class AuditSealer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Audit');
  private readonly heads = new HeadLog();
  /** Tenants to be looked at, with how many unsealed entries are known of. */
  private readonly due = new Map<string, number>();
  /** What is done here belongs to no request. */
  private readonly outside = new AsyncResource('AuditSealer');
  private timer?: NodeJS.Timeout;
  private sweeper?: NodeJS.Timeout;
  private running?: Promise<void>;
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly metrics: AuditMetrics,
    private readonly config: AuditConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.sweepIn(this.config.sealDelayMs);
  }

  /** Seals what this instance knows of, within two seconds. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.sweeper);
    clearTimeout(this.timer);
    await atMost(DRAIN_TIMEOUT_MS, this.settle());
    for (const [tenantId] of this.due) this.forget(tenantId);
  }

  /** To be told after the commit: so many entries of the tenant are to be sealed. */
  expect(tenantId: string, entries: number): void {
    this.due.set(tenantId, (this.due.get(tenantId) ?? 0) + entries);
    this.metrics.unsealed(entries);
    this.schedule(this.config.sealDelayMs);
  }

  private schedule(delayMs: number): void {
    if (this.timer || this.stopping) return;
    this.timer = this.outside.runInAsyncScope(() =>
      setTimeout(() => {
        this.timer = undefined;
        void this.settle();
      }, delayMs).unref(),
    );
  }

  /** Resolves when every tenant that was due has been looked at. */
  private settle(): Promise<void> {
    this.running ??= this.sealDue().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async sealDue(): Promise<void> {
    for (const tenantId of [...this.due.keys()]) {
      try {
        await this.seal(tenantId);
      } catch (error) {
        this.logger.warn(`Audit entries wait to be sealed: ${String(error)}`);
        this.putLast(tenantId);
        this.schedule(RETRY_AFTER_MS);
        return;
      }
    }
    if (this.due.size > 0) this.schedule(this.config.sealDelayMs);
  }

  private async seal(tenantId: string): Promise<void> {
    while (this.stopping || this.database.poolStats().waiting === 0) {
      const known = this.due.get(tenantId) ?? 0;
      const { state, count, head } = await this.database.transaction(sealEntries, { tenantId });
      if (count > 0 && this.heads.isDue(tenantId))
        this.logger.log(await this.heads.line(this.database, tenantId, head));
      if (state === 'busy') return;
      if (state === 'done') {
        this.forget(tenantId, known);
        return;
      }
      this.forget(tenantId, count);
    }
  }

  /** A tenant whose entries cannot be sealed must not keep the others waiting. */
  private putLast(tenantId: string): void {
    const entries = this.due.get(tenantId) ?? 0;
    this.due.delete(tenantId);
    this.due.set(tenantId, entries);
  }

  /** What was expected meanwhile stays due. */
  private forget(tenantId: string, entries = Infinity): void {
    const known = this.due.get(tenantId) ?? 0;
    const sealed = Math.min(known, entries);
    this.metrics.unsealed(-sealed);
    if (known > sealed) this.due.set(tenantId, known - sealed);
    else this.due.delete(tenantId);
  }

  private sweepIn(delayMs: number): void {
    if (this.stopping) return;
    this.sweeper = setTimeout(() => {
      void this.sweep().finally(() => this.sweepIn(this.config.sealSweepSeconds * 1000));
    }, delayMs).unref();
  }

  private async sweep(): Promise<void> {
    try {
      const tenants = await this.database.read((session) => session.query<{ id: string }>(ALL_TENANTS), {});
      for (const { id: tenantId } of tenants) {
        if (this.stopping) return;
        if (this.due.has(tenantId)) continue;
        const [found] = await this.database.read(
          (session) => session.query<{ count: number }>(COUNT_UNSEALED, [tenantId]),
          { tenantId },
        );
        if (found && found.count > 0) this.expect(tenantId, found.count);
      }
    } catch (error) {
      this.logger.warn(`Could not look for unsealed audit entries: ${String(error)}`);
    }
  }
}

const ALL_TENANTS = 'SELECT id FROM tenant_directory ORDER BY id';
const COUNT_UNSEALED = 'SELECT count(*) AS count FROM audit_unsealed WHERE tenant_id = $1';
