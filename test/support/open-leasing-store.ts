import { InvalidationFeed } from '../../src/cache/stores/invalidation-feed';
import { LocalEntries } from '../../src/cache/stores/local-entries';
import { RedisConnection } from '../../src/cache/stores/redis-connection';
import { RedisStore } from '../../src/cache/stores/redis.store';
import { until } from './until';

export const LEASE_MS = 300;

export interface LeasingStore {
  readonly store: RedisStore;
  readonly feed: InvalidationFeed;
  hasLease(): Promise<void>;
  runId(): string;
  close(): Promise<unknown>;
}

/** The store of an instance that leases values, and already has a lease. */
export async function openLeasingStore(url: string, feedUrl: string, feedDeadlineMs = 2_000): Promise<LeasingStore> {
  const connection = new RedisConnection(url, 5_000);
  const feed = new InvalidationFeed(feedUrl, 'lease', feedDeadlineMs);
  const local = new LocalEntries({ maxBytes: 10_000_000, maxEntries: 1_000 });
  const store = new RedisStore(connection.client, 'lease', local, feed);
  let server = '';
  const connected = new Promise<void>((resolve) => {
    connection.serve({
      onConnected: (runId) => {
        server = runId;
        store.begin(runId);
        resolve();
        return Promise.resolve();
      },
      onLost: () => {
        store.forget();
      },
    });
  });
  connection.onApplicationBootstrap();
  feed.open();
  await connected;
  const hasLease = (): Promise<void> => until(() => feed.leaseAgeMs < LEASE_MS);
  await hasLease();
  const close = (): Promise<unknown> => Promise.all([connection.onApplicationShutdown(), feed.onApplicationShutdown()]);
  return { store, feed, hasLease, runId: () => server, close };
}
