import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { EventType } from '../../src/outbox/event-types';

export interface RecordedEvent {
  readonly type: EventType;
  readonly subjectId: string;
  readonly actorId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a tenant has recorded for the outside, and for whom. */
export class RecordedEvents {
  constructor(
    private readonly sql: Pool,
    private readonly tenantId: string,
  ) {}

  /** @returns its id */
  async subscribe(types: readonly EventType[] = [], active = true): Promise<string> {
    const id = randomUUID();
    await this.sql.query(
      'INSERT INTO outbox_subscribers (tenant_id, id, event_types, active) VALUES ($1, $2, $3, $4)',
      [this.tenantId, id, types, active],
    );
    return id;
  }

  /** As {@link since} takes it. */
  async position(): Promise<number> {
    const { rows } = await this.sql.query<{ position: number }>(
      'SELECT coalesce(max(position), 0)::int AS position FROM outbox_events',
    );
    return rows[0]?.position ?? 0;
  }

  /** In their order. */
  async since(position = 0): Promise<RecordedEvent[]> {
    const { rows } = await this.sql.query<RecordedEvent>(
      `SELECT type, subject_id AS "subjectId", actor_id AS "actorId", data FROM outbox_events
        WHERE tenant_id = $1 AND position > $2 ORDER BY position`,
      [this.tenantId, position],
    );
    return rows;
  }

  /** Types of what is to be delivered to a subscriber, in their order. */
  async deliveriesTo(subscriber: string): Promise<EventType[]> {
    const { rows } = await this.sql.query<{ type: EventType }>(
      `SELECT e.type FROM outbox_deliveries d JOIN outbox_events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id
        WHERE d.tenant_id = $1 AND d.subscriber_id = $2 ORDER BY d.position`,
      [this.tenantId, subscriber],
    );
    return rows.map(({ type }) => type);
  }

  async forget(): Promise<void> {
    await this.sql.query('DELETE FROM outbox_events WHERE tenant_id = $1', [this.tenantId]);
    await this.sql.query('DELETE FROM outbox_subscribers WHERE tenant_id = $1', [this.tenantId]);
  }
}
