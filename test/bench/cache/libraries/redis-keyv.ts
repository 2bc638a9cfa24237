import { createClient } from '@redis/client';
import { KeyvAdapter } from 'cache-manager';
import { redisInsStore } from 'cache-manager-redis-yet';
import { Keyv } from 'keyv';

/** Keyv over cache-manager-redis-yet, as the README of cache-manager has it. */
export async function redisKeyv(url: string, namespace: string): Promise<{ keyv: Keyv; close(): Promise<void> }> {
  const client = createClient({ url });
  client.on('error', () => undefined);
  await client.connect();
  // Its types come from the `redis` package, whose client is this one with modules that are not used here.
  const store = redisInsStore(client as unknown as Parameters<typeof redisInsStore>[0]);
  return {
    keyv: new Keyv({ store: new KeyvAdapter(store), namespace }),
    close: () => client.disconnect(),
  };
}
