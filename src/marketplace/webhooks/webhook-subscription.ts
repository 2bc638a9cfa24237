import type { Transaction } from '../../database/session';
import type { EventType } from '../../outbox/event-types';
import { subscribe, unsubscribe } from '../../outbox/subscribers';
import type { AppRecord } from '../apps/app-record';

type ChangedApp = Pick<AppRecord, 'id' | 'connector' | 'status' | 'configuration'>;

/** A webhook subscribes to events as long as it is installed, and is told of them while nothing is wrong with it. */
export async function followSubscription(
  tx: Transaction,
  { id, connector, status, configuration }: ChangedApp,
): Promise<void> {
  if (connector !== 'webhook') return;
  if (status === 'UNINSTALLED') return unsubscribe(tx, id);
  const eventTypes = (configuration['eventTypes'] ?? []) as readonly EventType[];
  await subscribe(tx, { id, eventTypes, active: status === 'INSTALLED' });
}
