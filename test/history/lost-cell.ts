import { tag } from '../../src/cache/tag';
import { asTenant, openCache } from '../support/open-cache';
import { startRedis } from '../support/redis-server';

/**
 * Loads under a cell that does not exist yet, writes, and loses the cell: it is then as it was when the old value was
 * loaded. No chaos gets there by accident.
 */
export async function versionsAfterLoss(): Promise<{ written: number; read: number }> {
  const redis = await startRedis();
  const opened = await openCache({ REDIS_URL: redis.url, CACHE_DEADLINE_MS: '2000' });
  try {
    await opened.connected();
    const row = { version: 1 };
    const read = (): Promise<number> =>
      asTenant('one', async () => {
        const load = (): Promise<{ version: number }> => Promise.resolve({ ...row });
        const answer = await opened.cache.getOrLoad({ cache: 'risk', key: ['id', 1] }, load, { tags: [tag('lost')] });
        return answer.version;
      });
    await read();
    row.version++;
    await asTenant('one', () => opened.cache.evict({ tags: [tag('lost')] }));
    const lost = (await redis.command('KEYS', '*:g:*:lost')) as string[];
    if (lost.length !== 1) throw new Error(`The cell is not where it was: ${lost.join(', ')}`);
    await redis.command('DEL', ...lost);
    return { written: row.version, read: await read() };
  } finally {
    await opened.close();
    await redis.stop();
  }
}
