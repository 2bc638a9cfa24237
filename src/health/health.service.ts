import { Injectable } from '@nestjs/common';
import { CacheHealthReader } from '../cache/cache-health.reader';
import { Database } from '../database/database';
import { Unavailable } from '../errors/http.errors';
import { Draining } from '../http/draining';
import type { HealthResponse } from './health.dto';

@Injectable()
export class HealthService {
  constructor(
    private readonly database: Database,
    private readonly cache: CacheHealthReader,
    private readonly draining: Draining,
  ) {}

  /**
   * A cache that is away degrades, it does not make unready: reads go to Postgres.
   *
   * @throws Unavailable 503 while Postgres does not answer, or during a shutdown
   */
  async readiness(): Promise<HealthResponse> {
    if (this.draining.hasBegun) throw new Unavailable('The process is shutting down.');
    await this.database.ping();
    const { kind, breaker } = this.cache.cacheHealth();
    return {
      status: 'ok',
      database: { status: 'ok', pool: this.database.poolStats().status },
      cache: { status: breaker === 'closed' ? 'ok' : 'degraded', store: kind },
    };
  }
}
