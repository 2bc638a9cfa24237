import type { Transaction } from '../database/session';
import type { EventType } from './event-types';

export interface Subscriber {
  /** Of the app that it is. */
  readonly id: string;
  /** Empty: all. */
  readonly eventTypes: readonly EventType[];
  /** Else events are recorded, but nothing is delivered to it; what waited for it goes on waiting. */
  readonly active: boolean;
}

/** Adds a subscriber of the tenant, or changes one. */
export async function subscribe(tx: Transaction, { id, eventTypes, active }: Subscriber): Promise<void> {
  await tx.query('INSERT INTO outbox_directory (id) VALUES ($1) ON CONFLICT DO NOTHING', [tx.tenantId]);
  await tx.query(
    `INSERT INTO outbox_subscribers (tenant_id, id, event_types, active) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, id) DO UPDATE
       SET event_types = excluded.event_types, active = excluded.active, paused_until = NULL`,
    [tx.tenantId, id, eventTypes, active],
  );
}

/** With all that was or is to be delivered to it. */
export async function unsubscribe(tx: Transaction, id: string): Promise<void> {
  await tx.query('DELETE FROM outbox_subscribers WHERE tenant_id = $1 AND id = $2', [tx.tenantId, id]);
  await tx.query(
    `DELETE FROM outbox_directory
      WHERE id = $1 AND NOT EXISTS (SELECT FROM outbox_subscribers WHERE tenant_id = $1)`,
    [tx.tenantId],
  );
}
