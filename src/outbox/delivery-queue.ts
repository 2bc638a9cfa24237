import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { CLAIM, FREE_NEXT, HAND_BACK, SETTLE } from './delivery-sql';
import type { EventType } from './event-types';

/** Something to be delivered by whoever has claimed it. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly subscriberId: string;
  readonly subjectId: string;
  readonly position: string;
  /** Those that have failed, since it was made or asked for again. */
  readonly attempts: number;
  readonly claim: string;
  readonly at: Date;
  readonly event: {
    readonly id: string;
    readonly type: EventType;
    readonly actorId: string | null;
    readonly data: Readonly<Record<string, unknown>>;
  };
}

/** How one attempt went. */
export interface Attempt {
  readonly at: Date;
  readonly durationMs: number;
  /** What was answered; null for no answer. */
  readonly status: number | null;
  /** For a person; null when it was delivered. */
  readonly error: string | null;
}

/**
 * What is to be delivered, in the order of events per subscriber and subject. A process that dies with a claim delays what
 * it has claimed by a minute; it is delivered again then, with the id that it had.
 */
@Injectable()
export class DeliveryQueue {
  constructor(private readonly database: Database) {}

  /** Tenants that have subscribers. */
  async tenants(): Promise<string[]> {
    const rows = await this.database.read(
      (session) => session.query<{ id: string }>('SELECT id FROM outbox_directory ORDER BY id'),
      {},
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Of the current tenant. `isEmpty`: nothing is due.
   *
   * @param most as many as can be tried at once: who waits for a turn loses the claim, or its time
   */
  async claim(now: Date, most: number): Promise<{ readonly deliveries: ClaimedDelivery[]; readonly isEmpty: boolean }> {
    const claim = randomUUID();
    const rows = await this.database.transaction((tx) =>
      tx.query<ClaimedDelivery>(CLAIM, [tx.tenantId, now, claim, most]),
    );
    return { deliveries: rows.filter((row) => row.claim === claim), isEmpty: rows.length === 0 };
  }

  async delivered(delivery: ClaimedDelivery, attempt: Attempt): Promise<void> {
    await this.settle(delivery, 'DELIVERED', attempt, attempt.at);
  }

  /** Tried again then. */
  async failed(delivery: ClaimedDelivery, attempt: Attempt, nextAt: Date): Promise<void> {
    await this.settle(delivery, 'PENDING', attempt, nextAt);
  }

  /** Never tried again, unless somebody asks for it. What is behind it goes on. */
  async givenUp(delivery: ClaimedDelivery, attempt: Attempt): Promise<void> {
    await this.settle(delivery, 'FAILED', attempt, attempt.at);
  }

  /** It was not even tried. */
  async handBack({ id, claim }: ClaimedDelivery, dueAt: Date): Promise<void> {
    await this.database.transaction((tx) => tx.query(HAND_BACK, [tx.tenantId, id, claim, dueAt]));
  }

  /** Nothing goes to the subscriber until then. */
  async pause({ subscriberId }: ClaimedDelivery, until: Date): Promise<void> {
    await this.database.transaction((tx) =>
      tx.query('UPDATE outbox_subscribers SET paused_until = $3 WHERE tenant_id = $1 AND id = $2', [
        ...[tx.tenantId, subscriberId, until],
      ]),
    );
  }

  private async settle(
    { id, claim, subscriberId, subjectId, position }: ClaimedDelivery,
    status: 'DELIVERED' | 'PENDING' | 'FAILED',
    attempt: Attempt,
    at: Date,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(SETTLE, [tx.tenantId, id, claim, status, at, JSON.stringify([attempt])]);
      if (status !== 'PENDING') await tx.query(FREE_NEXT, [tx.tenantId, subscriberId, subjectId, position, at]);
    });
  }
}
