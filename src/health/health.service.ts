import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { CacheHealthReader } from '../cache/cache-health.reader';
import { Database } from '../database/database';
import { Unavailable } from '../errors/http.errors';
import type { HealthResponse } from './health.dto';

@Injectable()
export class HealthService implements BeforeApplicationShutdown {
  private shuttingDown = false;

  constructor(
    private readonly database: Database,
    private readonly cache: CacheHealthReader,
  ) {}

  /** Balancers stop sending requests while the running ones end. */
  beforeApplicationShutdown(): void {
    this.shuttingDown = true;
  }

  /**
   * A cache that is away degrades, it does not make unready: reads go to Postgres.
   *
   * @throws Unavailable 503 while Postgres does not answer, or during a shutdown
   */
  async readiness(): Promise<HealthResponse> {
    if (this.shuttingDown) throw new Unavailable('The process is shutting down.');
    await this.database.ping();
    const { kind, breaker } = this.cache.cacheHealth();
    return {
      status: 'ok',
      database: { status: 'ok', pool: this.database.poolStats().status },
      cache: { status: breaker === 'closed' ? 'ok' : 'degraded', store: kind },
    };
  }
}
