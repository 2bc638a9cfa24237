import type { OnApplicationShutdown } from '@nestjs/common';
import type { ChangeFeed } from './change-feed';
import { withinDeadline } from './deadline';
import { LocalChanges, type Position } from './local-changes';
import { changeCountKey, CHANGES_LIFE_MS, changesKey, changesOf, newChangeCount } from './change-cells';
import { RedisConnection, type ConnectionUser, type ServerLocator } from './redis-connection';

const LEASE_MS = 300;
const BLOCK_MS = 80;
/** So long without a proof means that changes were lost on the way. */
const LONGEST_DOUBT_MS = 500;

/**
 * Follows the changes of all instances over a connection of its own, so that values of this process can be served without
 * asking Redis. Each answer to XREAD, an empty one too, brings everything changed up to when it was sent; that it is
 * everything is shown by the count of changes, asked for behind it. So for 300 ms from then a value that no change
 * has touched is no older than that: clocks are this process's monotonic one only.
 */
export class InvalidationFeed implements ChangeFeed, ConnectionUser, OnApplicationShutdown {
  readonly told = true;
  private readonly connection: RedisConnection;
  private readonly changes = new LocalChanges();
  private opened = false;
  private runId: string | undefined;
  private provenAtMs = -Infinity;
  /** Of the loop that runs; older ones stop. */
  private loop = 0;

  constructor(
    url: string,
    private readonly keyPrefix: string,
    private readonly deadlineMs: number,
    locator?: ServerLocator,
  ) {
    this.connection = new RedisConnection(url, deadlineMs, 'Redis, for invalidations,', locator);
    this.connection.serve(this);
  }

  /** Connects when the first cache asks for it: most applications lease nothing. */
  open(): void {
    if (this.opened) return;
    this.opened = true;
    this.connection.onApplicationBootstrap();
  }

  onApplicationShutdown(): Promise<void> {
    return this.connection.onApplicationShutdown();
  }

  get position(): Position {
    return this.changes.position;
  }

  vouchesFor(cellNames: readonly string[], since: Position, runId: string | undefined): boolean {
    return this.leaseAgeMs < LEASE_MS && this.runId === runId && this.changes.untouched(cellNames, since);
  }

  changed(cellNames: readonly string[]): void {
    this.changes.add(cellNames);
  }

  get leaseAgeMs(): number {
    return performance.now() - this.provenAtMs;
  }

  async onConnected(runId: string): Promise<void> {
    const prefix = `${this.keyPrefix}:${runId}:`;
    const countKey = changeCountKey(prefix);
    // Started if need be: only a count that is there can show that it was lost.
    const start = this.connection.client.multi().set(countKey, newChangeCount(), { NX: true, PX: CHANGES_LIFE_MS });
    const ask = start.get(countKey).xRevRange(changesKey(prefix), '+', '-', { COUNT: 1 });
    const [, count, latest] = (await withinDeadline(ask.exec(), this.deadlineMs)) as unknown as [
      unknown,
      string | null,
      { id: string }[],
    ];
    this.changes.addAll();
    this.runId = runId;
    void this.follow(prefix, latest[0]?.id ?? '0-0', Number(count ?? NaN));
  }

  onLost(): void {
    this.loop++;
    this.runId = undefined;
  }

  private async follow(prefix: string, after: string, count: number): Promise<void> {
    const loop = ++this.loop;
    let [lastId, known, provenAtMs] = [after, count, performance.now()];
    try {
      while (loop === this.loop) {
        const sentAtMs = performance.now();
        const [messages, total] = await this.next(prefix, lastId);
        if (!this.isCurrent(loop)) return;
        for (const { id, message } of messages) {
          this.changes.add(changesOf(message));
          lastId = id;
        }
        known += messages.length;
        if (known === total) this.provenAtMs = provenAtMs = sentAtMs;
        else if (sentAtMs - provenAtMs > LONGEST_DOUBT_MS) throw new Error('Changes were lost on the way');
      }
    } catch (error) {
      if (this.isCurrent(loop)) this.connection.lose(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private async next(
    prefix: string,
    lastId: string,
  ): Promise<[{ id: string; message: Record<string, string> }[], number]> {
    const { client } = this.connection;
    const read = client.xRead({ key: changesKey(prefix), id: lastId }, { BLOCK: BLOCK_MS });
    // Behind it on the same connection, so asked when it has been answered.
    const both = Promise.all([read, client.get(changeCountKey(prefix))]);
    const [streams, total] = await withinDeadline(both, BLOCK_MS + this.deadlineMs);
    return [streams?.[0]?.messages ?? [], Number(total ?? NaN)];
  }

  /** A method, since the field changes while the loop awaits. */
  private isCurrent(loop: number): boolean {
    return loop === this.loop;
  }
}
