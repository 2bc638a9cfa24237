import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { createClient } from '@redis/client';
import type { Endpoint } from '../redis-address';
import { withinDeadline } from './deadline';

export type RedisClient = ReturnType<typeof newRedisClient>;

const CONNECT_TIMEOUT_MS = 500;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Not connected. It does not come back by itself, and fails rather than queues commands while it is away. */
export function newRedisClient(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    disableClientInfo: true,
    // Whoever uses it reconnects: they must know of each connection before the first command.
    socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
  });
}

/** Who serves from the connection. Neither may throw. */
export interface ConnectionUser {
  /** Connected to the server with this run_id: bring it up to date. A rejection drops the connection again. */
  onConnected(runId: string): Promise<void>;
  /** Called at once; everything that is on its way fails. */
  onLost(): void;
}

/** Says which server it is, where that may change. */
export interface ServerLocator {
  /** Asked before each attempt to connect. */
  locate(): Promise<Endpoint>;
  onMoved(listener: () => void): void;
}

/**
 * One connection that comes back by itself. Each attempt connects, asks who answers (`run_id`), leaves again when that is
 * a replica, which may be behind, and lets the user of the connection bring it up to date. Boot never waits for it, and shutdown never waits for Redis.
 */
export class RedisConnection implements OnApplicationBootstrap, OnApplicationShutdown {
  /** Commands fail at once while it is not connected. */
  readonly client: RedisClient;
  private readonly logger = new Logger('Cache');
  private user: ConnectionUser | undefined;
  private supervision: Promise<void> | undefined;
  private closing = false;
  private reportLoss: (reason: Error) => void = () => undefined;
  private wake: () => void = () => undefined;
  private wasUp: boolean | undefined;

  constructor(
    url: string,
    private readonly deadlineMs: number,
    private readonly name = 'Redis',
    private readonly locator?: ServerLocator,
  ) {
    this.client = newRedisClient(url);
    // Without a listener the first lost connection ends the process.
    this.client.on('error', (error: Error) => this.lose(error));
    locator?.onMoved(() => this.lose(new Error('Another server has taken its place')));
  }

  serve(user: ConnectionUser): void {
    this.user = user;
  }

  onApplicationBootstrap(): void {
    this.supervision = this.supervise();
  }

  async onApplicationShutdown(): Promise<void> {
    this.closing = true;
    this.wake();
    this.lose(new Error('The application is shutting down'));
    await this.supervision;
  }

  /** Gives the connection up: it is closed, and a new one is made. */
  lose(reason: Error): void {
    this.reportLoss(reason);
  }

  private async supervise(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.isClosing()) {
      const lost = new Promise<Error>((resolve) => (this.reportLoss = resolve));
      try {
        await this.bringUp();
        this.log(true, `${this.name} is connected`);
        pauseMs = FIRST_PAUSE_MS;
        const reason = await lost;
        if (!this.isClosing()) this.log(false, `${this.name} is lost: ${reason.message}`);
      } catch (error) {
        if (!this.isClosing()) this.log(false, `${this.name} is out of reach: ${describe(error)}`);
      }
      this.user?.onLost();
      await this.drop();
      await this.pause(pauseMs * (0.5 + Math.random() / 2));
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  private async bringUp(): Promise<void> {
    // The client looks at them each time it connects.
    if (this.locator) Object.assign(this.client.options?.socket ?? {}, await this.locator.locate());
    // Longer than the connect timeout, so that no attempt is left behind half done.
    await withinDeadline(this.client.connect(), CONNECT_TIMEOUT_MS + this.deadlineMs);
    const info = await withinDeadline(this.client.info(), this.deadlineMs);
    const runId = /^run_id:(\w+)/m.exec(info)?.[1];
    if (runId === undefined) throw new Error('INFO tells no run_id');
    if (/^role:slave/m.test(info)) throw new Error('It is a replica');
    await this.user?.onConnected(runId);
  }

  private async drop(): Promise<void> {
    if (this.client.isOpen) await this.client.disconnect();
  }

  private async pause(durationMs: number): Promise<void> {
    if (this.isClosing()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** A method, since the field changes while the loop awaits. */
  private isClosing(): boolean {
    return this.closing;
  }

  /** Only changes are told: a Redis that stays away must not fill the log. */
  private log(up: boolean, message: string): void {
    if (this.wasUp === up) return;
    this.wasUp = up;
    if (up) this.logger.log(message);
    else this.logger.warn(message);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
