import { Injectable } from '@nestjs/common';
import type { Transaction } from '../database/session';
import type { EventType } from './event-types';
import { recordingEvents } from './outbox-sql';

export interface OutboxEvent {
  readonly type: EventType;
  /** What it is delivered in order with: the risk, for all that happens to a risk, its mitigations and its acceptances. */
  readonly subjectId: string;
  /** Plain JSON, a few hundred bytes; it leaves the house. Never a secret, never free text of any length. */
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Tells the outside what has happened: an event is part of the transaction of its change, so that it is delivered exactly
 * when that is committed. Whoever records an event has locked its subject: the order of events is the order of changes.
 */
@Injectable()
export class Outbox {
  /** One statement, sent at once. Recorded only where somebody in the tenant has subscribed to events. */
  async record(tx: Transaction, ...events: readonly OutboxEvent[]): Promise<void> {
    if (events.length > 0) await tx.query(RECORD, [tx.tenantId, JSON.stringify(events)]);
  }
}

const RECORD = recordingEvents(`
  SELECT type, "subjectId" AS subject_id, data
    FROM jsonb_to_recordset($2::jsonb) AS event (type text, "subjectId" uuid, data jsonb)`);
