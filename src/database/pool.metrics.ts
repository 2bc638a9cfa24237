import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { Database } from './database';
import type { PoolStats } from './pool-stats';

type Figure = Exclude<keyof PoolStats, 'status'>;

const gauges: readonly [name: string, figure: Figure, help: string][] = [
  ['openrisk_db_pool_max_connections', 'maxOpen', 'Connections that may be open at once.'],
  ['openrisk_db_pool_open_connections', 'open', 'Connections that exist or are being opened.'],
  ['openrisk_db_pool_in_use_connections', 'inUse', 'Connections that work for somebody.'],
  ['openrisk_db_pool_idle_connections', 'idle', 'Connections that nobody uses.'],
  ['openrisk_db_pool_waiting_requests', 'waiting', 'Requests that wait for a connection.'],
];

const counters: readonly [name: string, figure: Figure, help: string][] = [
  ['openrisk_db_pool_waits_total', 'waitCount', 'Requests that found no idle connection.'],
  ['openrisk_db_pool_timeouts_total', 'timeouts', 'Requests that gave up waiting for a connection: answered 503.'],
  ['openrisk_db_pool_broken_connections_total', 'closedByError', 'Connections that were closed because they broke.'],
];

/** prom-client's registry is one per process, applications are not: these cover all that run. */
const running = new Set<Database>();

function sumOf(figure: Figure): number {
  return Array.from(running, (database) => database.poolStats()[figure]).reduce((sum, value) => sum + value, 0);
}

export const poolMetricProviders = [
  ...gauges.map(([name, figure, help]) =>
    makeGaugeProvider({
      name,
      help,
      collect() {
        this.set(sumOf(figure));
      },
    }),
  ),
  ...counters.map(([name, figure, help]) =>
    makeCounterProvider({
      name,
      help,
      collect() {
        this.reset();
        this.inc(sumOf(figure));
      },
    }),
  ),
];

@Injectable()
export class PoolMetrics implements OnApplicationShutdown {
  constructor(private readonly database: Database) {
    running.add(database);
  }

  onApplicationShutdown(): void {
    running.delete(this.database);
  }
}
