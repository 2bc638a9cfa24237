import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Endpoint } from '../redis-address';
import { withinDeadline } from './deadline';
import { RedisConnection, type ServerLocator } from './redis-connection';

/** How long a master that was replaced while it was frozen could be taken for one, by a process that asks it for nothing. */
const WATCH_MS = 250;

/**
 * Knows the master from the sentinels that watch it. All of them are asked, and the one with the latest failover is
 * believed: one that is cut off knows an old one. They are asked over and over rather than listened to (`+switch-master`):
 * what is published is lost without a word.
 */
export class Sentinels implements ServerLocator, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly connections: readonly RedisConnection[];
  private readonly listeners: (() => void)[] = [];
  private told: Endpoint | undefined;
  private watch: NodeJS.Timeout | undefined;

  constructor(
    sentinelUrls: readonly string[],
    private readonly masterName: string,
    private readonly deadlineMs: number,
  ) {
    this.connections = sentinelUrls.map((url) => new RedisConnection(url, deadlineMs, `Sentinel ${new URL(url).host}`));
  }

  onApplicationBootstrap(): void {
    for (const connection of this.connections) connection.onApplicationBootstrap();
    this.watch = setInterval(() => void this.compare(), WATCH_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.watch);
    await Promise.all(this.connections.map((connection) => connection.onApplicationShutdown()));
  }

  onMoved(listener: () => void): void {
    this.listeners.push(listener);
  }

  async locate(): Promise<Endpoint> {
    const asked = await Promise.allSettled(this.connections.map((connection) => this.ask(connection)));
    const answers = asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const [latest] = answers.sort((one, other) => other.epoch - one.epoch);
    if (!latest) throw new Error(`No sentinel tells where ${this.masterName} is`);
    this.told = latest.master;
    return latest.master;
  }

  private async compare(): Promise<void> {
    const before = this.told;
    if (!before) return;
    const { host, port } = await this.locate().catch(() => before);
    if (host !== before.host || port !== before.port) for (const listener of this.listeners) listener();
  }

  private async ask({ client }: RedisConnection): Promise<{ master: Endpoint; epoch: number }> {
    // While it fails over, only the first one tells the new master.
    const address = client.sendCommand<[string, string] | null>([
      'SENTINEL',
      'GET-MASTER-ADDR-BY-NAME',
      this.masterName,
    ]);
    const state = client.sendCommand<string[]>(['SENTINEL', 'MASTER', this.masterName]);
    const [found, fields] = await withinDeadline(Promise.all([address, state]), this.deadlineMs);
    if (!found) throw new Error(`It does not watch ${this.masterName}`);
    const epoch = Number(fields[fields.indexOf('config-epoch') + 1]);
    return { master: { host: found[0], port: Number(found[1]) }, epoch };
  }
}
