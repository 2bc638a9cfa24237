import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { inSpan } from '../tracing/tracer';
import { CacheConfig } from './cache.config';
import { ONE_SERVER, type OneServer } from './one-server';
import { withinDeadline } from './stores/deadline';
import { RedisConnection, type ConnectionUser, type RedisClient } from './stores/redis-connection';

const MISSES_TO_LOSE = 3;

/**
 * The door to Redis for other rooms, with a connection of its own: neither waits behind the cache's commands, and Redis
 * stays in use for them when CACHE_ENABLED or CACHE_STORE keeps the cache away from it. Of a Redis Cluster it is one node.
 */
@Injectable()
export class SharedRedis implements ConnectionUser, OnApplicationBootstrap, OnApplicationShutdown {
  /** First part of every key of this installation. */
  readonly keyPrefix: string;
  private readonly connection: RedisConnection | undefined;
  private readonly deadlineMs: number;
  private connected = false;
  private missesInARow = 0;

  constructor({ deadlineMs, keyPrefix }: CacheConfig, @Inject(ONE_SERVER) server: OneServer | null) {
    this.keyPrefix = server?.keyPrefix ?? keyPrefix;
    this.deadlineMs = deadlineMs;
    if (!server) return;
    this.connection = new RedisConnection(server.url, deadlineMs, 'Redis for rate limits', server.locator);
    this.connection.serve(this);
  }

  /** To be asked within {@link ask} only. Undefined without REDIS_URL. */
  get client(): RedisClient | undefined {
    return this.connection?.client;
  }

  /** Whether it is worth asking now. */
  get isConnected(): boolean {
    return this.connected;
  }

  /**
   * Waits for Redis no longer than CACHE_DEADLINE_MS. When it is too late three times in a row, or fails, the connection
   * is given up, and until there is a new one nobody waits at all.
   *
   * @throws Error when Redis is away, fails or is too late; what it was asked may happen nevertheless
   */
  async ask<T>(question: (client: RedisClient) => Promise<T>): Promise<T> {
    if (!this.connected || !this.connection) throw new Error('Redis is out of reach');
    const { client } = this.connection;
    try {
      const answer = await inSpan(
        () => ({ name: 'redis', kind: 'client', attributes: { 'db.system.name': 'redis' } }),
        () => withinDeadline(question(client), this.deadlineMs),
      );
      this.missesInARow = 0;
      return answer;
    } catch (error) {
      this.missesInARow++;
      if (this.missesInARow >= MISSES_TO_LOSE) this.giveUp(error);
      throw error;
    }
  }

  /** A Redis that takes no writes is as good as none, and must not come and go. */
  async onConnected(): Promise<void> {
    const probe = this.connection?.client.set(`${this.keyPrefix}:shared:probe`, '', { PX: 1 });
    await withinDeadline(Promise.resolve(probe), this.deadlineMs);
    this.missesInARow = 0;
    this.connected = true;
  }

  onLost(): void {
    this.connected = false;
  }

  onApplicationBootstrap(): void {
    this.connection?.onApplicationBootstrap();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.connection?.onApplicationShutdown();
  }

  private giveUp(error: unknown): void {
    this.onLost();
    this.connection?.lose(error instanceof Error ? error : new Error(String(error)));
  }
}
