import { Injectable } from '@nestjs/common';
import { DomainError } from '../../errors/domain-error';
import { OutboundConfig } from '../../outbound/outbound.config';
import { OutboundFailure } from '../../outbound/outbound.errors';
import { DeliveryQueue, type Attempt, type ClaimedDelivery } from '../../outbox/delivery-queue';
import { inTrace } from '../../tracing/tracer';
import { AppContexts, type AppAtWork } from '../apps/app-contexts';
import { AppService } from '../apps/app.service';
import { nextAttemptAt, pauseUntil } from './retry-schedule';
import { sendWebhook } from './send-webhook';
import { signingSecrets } from './webhook-secrets';

const GONE = 410;
const WITHOUT_ATTEMPT_SECONDS = 30;

/** Sends what is due in the current tenant, and notes how it went. */
@Injectable()
export class WebhookDeliverer {
  constructor(
    private readonly queue: DeliveryQueue,
    private readonly contexts: AppContexts,
    private readonly apps: AppService,
    private readonly outbound: OutboundConfig,
  ) {}

  /** @returns whether there may be more */
  async deliverDue(now: Date, signal: AbortSignal): Promise<boolean> {
    const { deliveries, isEmpty } = await this.queue.claim(now, this.outbound.concurrencyPerTenant);
    const subscribers = new Set(deliveries.map(({ subscriberId }) => subscriberId));
    await Promise.all(
      [...subscribers].map((id) =>
        this.deliverTo(
          id,
          deliveries.filter(({ subscriberId }) => subscriberId === id),
          now,
          signal,
        ),
      ),
    );
    return !isEmpty;
  }

  private async deliverTo(
    subscriberId: string,
    deliveries: readonly ClaimedDelivery[],
    now: Date,
    signal: AbortSignal,
  ): Promise<void> {
    let app: AppAtWork;
    try {
      app = await this.contexts.open(subscriberId, signal);
    } catch (error) {
      // It was disabled, or lacks its secret, since it was claimed.
      if (!(error instanceof DomainError)) throw error;
      await Promise.all(deliveries.map((each) => this.queue.handBack(each, pauseUntil(WITHOUT_ATTEMPT_SECONDS, now))));
      return;
    }
    await Promise.all(
      deliveries.map((delivery) =>
        inTrace({ name: 'webhook delivery', kind: 'consumer' }, () => this.deliver(app, delivery, now)),
      ),
    );
  }

  private async deliver(
    { context, app, withoutSecrets }: AppAtWork,
    delivery: ClaimedDelivery,
    now: Date,
  ): Promise<void> {
    const began = performance.now();
    const attempt = (status: number | null, error: string | null): Attempt => {
      return { at: now, durationMs: Math.round(performance.now() - began), status, error };
    };
    try {
      const status = await sendWebhook(context, messageOf(delivery), signingSecrets(context.configuration, now), now);
      await this.queue.delivered(delivery, attempt(status, null));
    } catch (error) {
      if (!(error instanceof OutboundFailure)) throw error;
      await this.failed(app.id, delivery, error, attempt(error.answered ?? null, withoutSecrets(error.message)), now);
    }
  }

  private async failed(
    appId: string,
    delivery: ClaimedDelivery,
    { reason, answered, retryAfterSeconds }: OutboundFailure,
    attempt: Attempt,
    now: Date,
  ): Promise<void> {
    if (reason === 'breaker-open') {
      const until = pauseUntil(retryAfterSeconds ?? WITHOUT_ATTEMPT_SECONDS, now);
      await this.queue.pause(delivery, until);
      await this.queue.handBack(delivery, until);
      return;
    }
    if (answered === GONE) {
      await this.queue.givenUp(delivery, attempt);
      await this.apps.disable(appId);
      return;
    }
    if (retryAfterSeconds !== undefined) await this.queue.pause(delivery, pauseUntil(retryAfterSeconds, now));
    const next = nextAttemptAt(delivery.attempts + 1, now, retryAfterSeconds);
    if (next) await this.queue.failed(delivery, attempt, next);
    else await this.queue.givenUp(delivery, attempt);
  }
}

function messageOf({ at, event: { id, type, actorId, data } }: ClaimedDelivery): { id: string; body: string } {
  return { id: `msg_${id}`, body: JSON.stringify({ type, timestamp: at.toISOString(), data: { ...data, actorId } }) };
}
