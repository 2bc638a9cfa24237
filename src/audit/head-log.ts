import { LRUCache } from 'lru-cache';
import type { Database } from '../database/database';
import type { ChainHead } from './audit-chain';

const EVERY_MS = 3_600_000;
const MOST_TENANTS = 10_000;

/** Says which heads of chains are to be logged now: one an hour for each tenant. Kept elsewhere, they bind the log. */
export class HeadLog {
  private readonly logged = new LRUCache<string, true>({ max: MOST_TENANTS, ttl: EVERY_MS });

  isDue(tenantId: string): boolean {
    if (this.logged.has(tenantId)) return false;
    this.logged.set(tenantId, true);
    return true;
  }

  /** Written so that it can be given back to `npm run audit:verify`. */
  async line(database: Database, tenantId: string, { position, hash }: ChainHead): Promise<string> {
    const [tenant] = await database.read(
      (session) => session.query<{ slug: string }>('SELECT slug FROM tenants WHERE id = $1', [tenantId]),
      { tenantId },
    );
    return `Audit log sealed: --tenant ${tenant?.slug ?? 'unknown'} --expect ${position}:${hash}`;
  }
}
