import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import pLimit from 'p-limit';
import { runInContext } from '../../context/request-context';
import { JobsConfig } from '../../jobs/jobs.config';
import { DeliveryQueue } from '../../outbox/delivery-queue';
import { WebhookDeliverer } from './webhook-deliverer';
import { WebhookConfig } from './webhook.config';

/** Tenants that are served at once: enough that receivers which take their time hold up few others, and few connections. */
const TENANTS_AT_ONCE = 16;

/**
 * Sends webhooks as long as the process lives; any number of processes may, none in the way of another. Tenants take
 * turns, a batch each: a receiver that is slow, with much to be sent, keeps nobody else waiting.
 */
@Injectable()
export class WebhookLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Webhooks');
  private readonly stopping = new AbortController();
  private readonly turns = pLimit(TENANTS_AT_ONCE);
  /** By tenant. */
  private readonly underway = new Map<string, Promise<void>>();
  private running?: Promise<void>;

  constructor(
    private readonly jobs: JobsConfig,
    private readonly config: WebhookConfig,
    private readonly queue: DeliveryQueue,
    private readonly deliverer: WebhookDeliverer,
  ) {}

  onApplicationBootstrap(): void {
    if (this.jobs.enabled) this.running = this.run();
  }

  /** What is on its way is broken off, and sent again by whoever comes next. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('The process shuts down.'));
    await this.running;
    await Promise.all(this.underway.values());
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.attempt(async () => {
        for (const tenantId of await this.queue.tenants()) this.serve(tenantId);
      });
      await pause(this.config.pollIntervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private serve(tenantId: string): void {
    if (this.underway.has(tenantId)) return;
    const served = this.deliverAll(tenantId).finally(() => this.underway.delete(tenantId));
    this.underway.set(tenantId, served);
  }

  private deliverAll(tenantId: string): Promise<void> {
    const { signal } = this.stopping;
    const turn = (): Promise<boolean> =>
      runInContext({ requestId: 'webhooks', tenantId }, () => this.deliverer.deliverDue(new Date(), signal));
    return this.attempt(async () => {
      while (!signal.aborted && (await this.turns(turn)));
    });
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.stopping.signal.aborted) this.logger.warn(`Webhooks could not be sent: ${String(error)}`);
    }
  }
}
