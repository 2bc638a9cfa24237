import { Injectable } from '@nestjs/common';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import { NotFound } from '../../errors/http.errors';
import type { Page } from '../../http/pagination';
import { readApp } from '../apps/app-record';
import { DELIVERY_JSON } from './delivery-json';
import type { DeliveryQuery, DeliveryResponse } from './delivery.dto';

const newestFirst: readonly KeysetColumn[] = [
  { sql: 'd.created_at', type: 'timestamptz', descending: true },
  { sql: 'd.id', type: 'uuid', descending: true },
];

const DELIVERIES = `FROM outbox_deliveries d
  JOIN outbox_events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id
 WHERE d.tenant_id = $1 AND d.subscriber_id = $2`;

interface DeliveryRow {
  readonly delivery: DeliveryResponse;
  readonly position: string[];
}

/** What was sent to a webhook, and how it went. Not cached: whoever looks wants to see it move. */
@Injectable()
export class DeliveryReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  /** Newest first. @throws NotFound 404 without the app */
  async list(appId: string, query: DeliveryQuery): Promise<Page<DeliveryResponse>> {
    const [status, eventType] = [query.status?.toSorted() ?? null, query.eventType?.toSorted() ?? null];
    const page = this.pages.pageFor(['webhook deliveries', appId, status, eventType], query, newestFirst);
    const from = `${DELIVERIES} AND ($3::text[] IS NULL OR d.status = ANY ($3)) AND ($4::text[] IS NULL OR e.type = ANY ($4))`;
    const [, rows, [counted]] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, appId, status, eventType);
      const { where, orderBy, position, slice } = page.sql(bind);
      return Promise.all([
        readApp(session, appId),
        session.query<DeliveryRow>(
          `SELECT ${DELIVERY_JSON} AS delivery, ${position} AS position ${from} AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        query.total
          ? session.query<{ count: number }>(`SELECT count(*) AS count ${from}`, [
              ...[session.tenantId, appId, status, eventType],
            ])
          : [],
      ]);
    });
    return { ...page.answer(rows, ({ delivery }) => delivery), ...(query.total ? { total: counted?.count ?? 0 } : {}) };
  }

  /** @throws NotFound 404 */
  async get(appId: string, id: string): Promise<DeliveryResponse> {
    const [row] = await this.database.read((session) =>
      session.query<DeliveryRow>(`SELECT ${DELIVERY_JSON} AS delivery ${DELIVERIES} AND d.id = $3`, [
        ...[session.tenantId, appId, id],
      ]),
    );
    if (!row) throw new NotFound('delivery');
    return row.delivery;
  }
}
