import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { NotFound } from '../../errors/http.errors';
import { lockApp, type AppRecord } from '../apps/app-record';
import { AppSecrets } from '../apps/app-secrets';
import { AppLog } from '../logs/app-log';
import type { AppAction } from '../logs/log.dto';
import { AppTags } from '../marketplace.cache';
import type { ReplayDeliveries, ReplayResponse, RotatedSecretResponse } from './delivery.dto';
import { NoWebhook } from './webhook.errors';
import { newWebhookSecret } from './standard-webhook';
import { replacedSecret } from './webhook-secrets';

/** In the order of events, as if it had never been delivered; one that waits already goes on waiting. */
const AGAIN = `SET status = 'PENDING', due_at = statement_timestamp(), claim = NULL, attempt_count = 0, delivered_at = NULL`;

const REPLAY_ONE = `
  UPDATE outbox_deliveries ${AGAIN}
   WHERE tenant_id = $1 AND subscriber_id = $2 AND id = $3 AND status <> 'PENDING' RETURNING id`;

const REPLAY_PERIOD = `
  INSERT INTO outbox_deliveries AS d (tenant_id, id, subscriber_id, event_id, position, subject_id)
  SELECT e.tenant_id, gen_random_uuid(), s.id, e.id, e.position, e.subject_id
    FROM outbox_events e
    JOIN outbox_subscribers s ON s.tenant_id = e.tenant_id AND s.id = $2
   WHERE e.tenant_id = $1 AND e.at >= $3 AND e.at < $4 AND (s.event_types = '{}' OR e.type = ANY (s.event_types))
  ON CONFLICT (tenant_id, event_id, subscriber_id) DO UPDATE ${AGAIN} WHERE d.status <> 'PENDING'
  RETURNING d.id`;

/** What is done with a webhook besides what is done with every app. All may throw NotFound 404 and NoWebhook 409. */
@Injectable()
export class WebhookService {
  constructor(
    private readonly database: Database,
    private readonly secrets: AppSecrets,
    private readonly audit: AuditLog,
    private readonly log: AppLog,
  ) {}

  /** The former secret is good for another day. */
  @CacheEvict({ tags: [AppTags.one, AppTags.lists] })
  rotateSecret(id: string): Promise<RotatedSecretResponse> {
    return this.change(id, 'ROTATE_SECRET', 'app.rotate-secret', async (tx) => {
      const former = (await this.secrets.open(tx, id)).get('secret');
      if (former === undefined) throw new NoWebhook();
      const secret = newWebhookSecret();
      const previous = replacedSecret(former, new Date());
      const newSecrets = new Map([
        ['secret', secret],
        ['previousSecret', previous.text],
      ]);
      await this.secrets.change(tx, id, { newSecrets, droppedSecrets: [] });
      return { answer: { secret, previousValidUntil: previous.until.toISOString() }, details: {} };
    });
  }

  @CacheEvict({ tags: [AppTags.one] })
  async replay(id: string, deliveryId: string): Promise<void> {
    await this.change(id, 'REPLAY', 'app.replay', async (tx) => {
      const known = await tx.query(
        'SELECT FROM outbox_deliveries WHERE tenant_id = $1 AND subscriber_id = $2 AND id = $3',
        [tx.tenantId, id, deliveryId],
      );
      if (known.length === 0) throw new NotFound('delivery');
      await tx.query(REPLAY_ONE, [tx.tenantId, id, deliveryId]);
      return { answer: undefined, details: { deliveryId } };
    });
  }

  /** Also what happened while it was disabled, and is still kept. */
  @CacheEvict({ tags: [AppTags.one] })
  replayPeriod(id: string, { from, to }: ReplayDeliveries): Promise<ReplayResponse> {
    return this.change(id, 'REPLAY', 'app.replay', async (tx) => {
      const replayed = (await tx.query(REPLAY_PERIOD, [tx.tenantId, id, from, to])).length;
      return { answer: { replayed }, details: { from, to, replayed } };
    });
  }

  private change<T>(
    id: string,
    action: AppAction,
    audited: string,
    work: (tx: Transaction, app: AppRecord) => Promise<{ answer: T; details: Readonly<Record<string, unknown>> }>,
  ): Promise<T> {
    return this.log.watch(id, action, (succeeded) =>
      this.database.transaction(async (tx) => {
        const app = await lockApp(tx, id);
        if (app.connector !== 'webhook' || app.status === 'UNINSTALLED') throw new NoWebhook();
        const { answer, details } = await work(tx, app);
        await this.audit.record(tx, { action: audited, resource: 'app', resourceId: id, details });
        await succeeded();
        return answer;
      }),
    );
  }
}
