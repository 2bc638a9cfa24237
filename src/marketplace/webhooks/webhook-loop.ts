import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { runInContext } from '../../context/request-context';
import { JobsConfig } from '../../jobs/jobs.config';
import { DeliveryQueue } from '../../outbox/delivery-queue';
import { WebhookDeliverer } from './webhook-deliverer';
import { WebhookConfig } from './webhook.config';

/** Sends webhooks as long as the process lives; any number of processes may, none in the way of another. */
@Injectable()
export class WebhookLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Webhooks');
  private readonly stopping = new AbortController();
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
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.attempt(async () => {
        const tenants = await this.queue.tenants();
        await Promise.all(tenants.map((tenantId) => this.deliverAll(tenantId)));
      });
      await pause(this.config.pollIntervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private deliverAll(tenantId: string): Promise<void> {
    const { signal } = this.stopping;
    return runInContext({ requestId: 'webhooks', tenantId }, () =>
      this.attempt(async () => {
        while (!signal.aborted && (await this.deliverer.deliverDue(new Date(), signal))) signal.throwIfAborted();
      }),
    );
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.stopping.signal.aborted) this.logger.warn(`Webhooks could not be sent: ${String(error)}`);
    }
  }
}
