import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { DurableJob } from '../jobs/durable-job.decorator';
import { OutboxConfig } from './outbox.config';

/** Each statement stays far below the time that a statement has. */
const EVENTS_AT_ONCE = 5_000;

const FORGET = `
  DELETE FROM outbox_events e
   WHERE e.tenant_id = $1 AND e.id IN (
     SELECT o.id FROM outbox_events o
      WHERE o.tenant_id = $1 AND o.at < now() - make_interval(days => $2)
        AND NOT EXISTS (SELECT FROM outbox_deliveries d
                         WHERE d.tenant_id = o.tenant_id AND d.event_id = o.id AND d.status = 'PENDING')
      LIMIT ${EVENTS_AT_ONCE})
  RETURNING e.id`;

/** Forgets what has been told, or could not be, long enough ago. */
@Injectable()
export class OutboxRetention {
  constructor(
    private readonly database: Database,
    private readonly config: OutboxConfig,
  ) {}

  @DurableJob({ kind: 'outbox.forget', every: 'day' })
  async forget(): Promise<void> {
    for (let gone = EVENTS_AT_ONCE; gone === EVENTS_AT_ONCE;) {
      const events = await this.database.transaction((tx) =>
        tx.query(FORGET, [tx.tenantId, this.config.retentionDays]),
      );
      gone = events.length;
    }
  }
}
