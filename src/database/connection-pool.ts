import { Logger } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { Unavailable } from '../errors/http.errors';
import { Connection } from './connection';
import type { PoolLimits } from './pool-profiles';
import { poolStatus, type PoolStats, type PoolThresholds } from './pool-stats';

export interface ConnectionPoolOptions extends PoolThresholds {
  readonly pool: PoolLimits;
  readonly acquireTimeoutMs: number;
  readonly drainTimeoutMs: number;
}

const KEEP_WARM_EVERY_MS = 1_000;
/** The pool's timers start a little before, and fire a little before, our own clock says so. */
const TIMER_TOLERANCE_MS = 20;

/** Lends connections out of TypeORM's pool, with a deadline and a count of everything that happens to them. */
export class ConnectionPool {
  private readonly logger = new Logger('Database');
  private readonly loans = new Set<Connection>();
  private readonly births = new WeakMap<PoolClient, { openedAt: number; usedAt: number; broken: boolean }>();
  private readonly counted = { waitCount: 0, waitMs: 0, timeouts: 0 };
  private readonly closed = { closedByLifetime: 0, closedByIdle: 0, closedByError: 0 };
  private waiting = 0;
  private closing = false;
  private warming = false;
  private keeper?: NodeJS.Timeout;
  private drained?: () => void;

  constructor(
    private readonly pool: Pool,
    private readonly options: ConnectionPoolOptions,
  ) {
    pool.on('acquire', (client) => this.noteUse(client));
    pool.on('release', (error: Error | undefined, client: PoolClient) => this.noteUse(client, error));
    pool.on('error', (error, client) => this.noteUse(client, error));
    // A connection that breaks while idle is removed first and reported broken afterwards.
    pool.on('remove', (client) => setImmediate(() => this.noteClose(client)));
  }

  /**
   * @returns a connection that nobody else uses until it is released
   * @throws Unavailable 503 when none is free, or none can be opened, within the acquire timeout
   */
  acquire(): Promise<Connection> {
    if (this.closing) return Promise.reject(new Unavailable('The service is shutting down.'));
    const mustWait = this.pool.idleCount <= this.pool.waitingCount;
    const since = performance.now();
    if (mustWait) this.waiting++;
    return new Promise((resolve, reject) => {
      let pending = true;
      const settle = (): void => {
        pending = false;
        clearTimeout(deadline);
        if (!mustWait) return;
        this.waiting--;
        this.counted.waitCount++;
        this.counted.waitMs += performance.now() - since;
      };
      const deadline = setTimeout(() => {
        settle();
        this.counted.timeouts++;
        reject(new Unavailable('No database connection was free in time.'));
      }, this.options.acquireTimeoutMs);
      this.pool.connect((error, client, release) => {
        // Who gave up waiting leaves the connection, opened perhaps for them, to the next. The pool may give up too.
        if (!pending) {
          if (client) release();
          return;
        }
        settle();
        if (error || !client) reject(error ?? new Error('The pool answered without a connection'));
        else resolve(this.lend(client, release));
      });
    });
  }

  stats(): PoolStats {
    const { maxOpen, minIdle } = this.options.pool;
    const open = this.pool.totalCount;
    const idle = this.pool.idleCount;
    const use = { maxOpen, open, idle, inUse: open - idle, waiting: this.waiting };
    return { ...use, minIdle, ...this.counted, ...this.closed, status: poolStatus(use, this.options) };
  }

  /** Opens the connections that are to be kept, and from now on replaces those that go. */
  async keepWarm(): Promise<void> {
    await this.topUp();
    const { minIdle } = this.options.pool;
    if (this.pool.totalCount < minIdle) {
      this.logger.warn(`Only ${this.pool.totalCount} of ${minIdle} connections could be opened to be kept`);
    }
    this.keeper = setInterval(() => void this.topUp(), KEEP_WARM_EVERY_MS);
    this.keeper.unref();
  }

  /** Lends nothing any more and waits, up to the drain timeout, for what is on loan; then cuts what is left. */
  async drain(): Promise<void> {
    this.closing = true;
    clearInterval(this.keeper);
    if (this.loans.size === 0) return;
    let deadline: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.drained = resolve;
      deadline = setTimeout(resolve, this.options.drainTimeoutMs);
    });
    clearTimeout(deadline);
    if (this.loans.size > 0) this.logger.warn(`Cut ${this.loans.size} database connections that were still in use`);
    for (const connection of this.loans) connection.cut();
  }

  private lend(client: PoolClient, release: (error?: Error) => void): Connection {
    const connection = new Connection(client, (error) => {
      this.loans.delete(connection);
      release(error);
      if (this.loans.size === 0) this.drained?.();
    });
    this.loans.add(connection);
    return connection;
  }

  /** The pool opens a connection only when none is idle, so the idle ones are held until the missing ones are open. */
  private async topUp(): Promise<void> {
    const missing = this.options.pool.minIdle - this.pool.totalCount;
    if (missing <= 0 || this.warming || this.closing) return;
    this.warming = true;
    const wanted = Array.from({ length: this.pool.idleCount + missing }, () => this.pool.connect());
    for (const connection of await Promise.allSettled(wanted)) {
      if (connection.status === 'fulfilled') connection.value.release();
    }
    this.warming = false;
  }

  private noteUse(client: PoolClient, error?: Error): void {
    const now = performance.now();
    const birth = this.births.get(client) ?? { openedAt: now, usedAt: now, broken: false };
    this.births.set(client, { ...birth, usedAt: now, broken: birth.broken || error !== undefined });
  }

  private noteClose(client: PoolClient): void {
    const birth = this.births.get(client);
    if (!birth || this.closing) return;
    const now = performance.now();
    const { maxLifetimeMs, maxIdleTimeMs } = this.options.pool;
    if (birth.broken) this.closed.closedByError++;
    else if (now - birth.openedAt >= maxLifetimeMs - TIMER_TOLERANCE_MS) this.closed.closedByLifetime++;
    else if (now - birth.usedAt >= maxIdleTimeMs - TIMER_TOLERANCE_MS) this.closed.closedByIdle++;
  }
}
