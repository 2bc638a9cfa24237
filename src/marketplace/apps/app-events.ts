import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/session';
import { Outbox } from '../../outbox/outbox';
import { followSubscription } from '../webhooks/webhook-subscription';
import type { AppRecord } from './app-record';

type Announced = Pick<AppRecord, 'id' | 'connector' | 'name' | 'status' | 'configuration'>;

/** What follows for the outside from what becomes of an app. */
@Injectable()
export class AppEvents {
  constructor(private readonly outbox: Outbox) {}

  async installed(tx: Transaction, app: Announced): Promise<void> {
    await followSubscription(tx, app);
    await this.record(tx, 'connector.installed', app);
  }

  async changed(tx: Transaction, app: Announced): Promise<void> {
    if (app.status === 'UNINSTALLED') await this.record(tx, 'connector.uninstalled', app);
    await followSubscription(tx, app);
  }

  private record(
    tx: Transaction,
    type: 'connector.installed' | 'connector.uninstalled',
    { id, connector, name }: Announced,
  ): Promise<void> {
    return this.outbox.record(tx, { type, subjectId: id, data: { appId: id, connector, name } });
  }
}
