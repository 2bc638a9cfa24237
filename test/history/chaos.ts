import { setTimeout as pause } from 'node:timers/promises';
import type { TestRedis } from '../support/redis-server';
import { until } from '../support/until';
import type { Application, Applications } from './applications';
import { chooserOf, type Brings } from './connections';
import { now } from './journal';
import type { Random } from './random';
import { byHashTag, type Servers } from './servers';

/** Without a restart of anything, from the end of what was done to them. */
export const HEALED_WITHIN_MS = 5_000;
const BUSY_MACHINE_MS = 3_000;

/** What needs some luck to show a bug. */
const TWICE = ['redis restored', 'answers overtaken'];

/** What a proxy does, and what the node of a cluster refuses. */
const OF_ONE_SERVER = [
  'redis read-only',
  'answers silent',
  'answers overtaken',
  'news silent',
  'one cut off',
  'network slow',
];

/** Does to a running system what happens to running systems, one thing after the other and sometimes two at once. */
export class Chaos {
  readonly counts = new Map<string, number>();
  readonly problems: string[] = [];
  longestHealingMs = 0;
  private stopping = false;
  private replacing: Promise<void>[] = [];

  /** To which the next thing happens. */
  private redis: TestRedis;
  private events: Record<string, () => Promise<unknown>> = {
    'redis killed': () => this.redisDown(() => this.redis.restart({ empty: false })),
    'redis emptied': () => this.redisDown(() => this.redis.restart({ empty: true })),
    'redis restored': () => this.redisRestored(),
    'redis frozen': () => this.redisFrozen(),
    'redis flushed': () => this.redis.command('FLUSHALL'),
    'redis full': () => this.redisFull(),
    'redis read-only': () => this.redisReadOnly(),
    'cells deleted': () => this.cellsDeleted(),
    'answers silent': () => this.silent('answers'),
    'answers overtaken': () => this.answersOvertaken(),
    'news silent': () => this.silent('news'),
    'connections cut': () => this.connectionsCut(),
    'one cut off': () => this.oneCutOff(),
    'network slow': () => this.networkSlow(),
    'application paused': () => this.applicationPaused(),
    'application killed': () => this.applicationKilled((application) => application.kill()),
  };

  constructor(
    private readonly servers: Servers,
    private readonly applications: Applications,
    private readonly random: Random,
    killAtCommit: boolean,
    /** What happens first; then everything, in any order. */
    private deck: string[],
  ) {
    this.redis = random.pick(servers.all);
    const { moveSlot } = servers;
    if (!servers.proxied) {
      this.events = Object.fromEntries(Object.entries(this.events).filter(([name]) => !OF_ONE_SERVER.includes(name)));
    }
    if (moveSlot) {
      this.events['connections cut'] = () => this.redis.command('CLIENT', 'KILL', 'TYPE', 'normal');
      this.events['slot moved'] = async () => {
        await this.healed();
        await moveSlot(random);
      };
    }
    if (killAtCommit) {
      this.events['application killed at COMMIT'] = () =>
        this.applicationKilled(async (application) => {
          application.tell('kill yourself at the next commit');
          await application.untilDead();
        });
    }
  }

  /** Until it is stopped. */
  async run(): Promise<void> {
    while (!this.isStopping()) {
      await pause(this.random.skewed(50, this.servers.longestCalmMs));
      await this.next();
      // Mostly one after the other, else nothing would ever be cached.
      if (this.random.chance(0.75)) await this.healed();
    }
    await Promise.all(this.replacing);
    await this.healed();
  }

  stop(): void {
    this.stopping = true;
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  private isStopping(): boolean {
    return this.stopping;
  }

  private async next(): Promise<void> {
    if (this.deck.length === 0)
      this.deck = this.random.shuffled([...Object.keys(this.events), ...TWICE.filter((name) => name in this.events)]);
    const name = this.deck.pop() ?? '';
    this.redis = this.random.pick(this.servers.all);
    await this.events[name]?.();
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** Until every application that is up serves from Redis again. */
  private async healed(): Promise<void> {
    const since = now();
    const healing = (): Application[] => this.applications.all.filter(({ booted, served }) => booted && !served);
    try {
      await until(() => healing().length === 0, HEALED_WITHIN_MS + BUSY_MACHINE_MS);
    } catch {
      const places = healing().map(({ place }) => place);
      this.problems.push(`process ${places.join(', ')} did not serve from Redis again, with Redis back`);
    }
    this.longestHealingMs = Math.max(this.longestHealingMs, now() - since);
  }

  private async redisDown(restart: () => Promise<void>): Promise<void> {
    await this.redis.kill();
    await pause(this.random.skewed(0, 600));
    await restart();
  }

  /** What was written in between is in Postgres only. */
  private async redisRestored(): Promise<void> {
    this.redis.backUp();
    await pause(this.random.between(300, 900));
    await this.redisDown(() => this.redis.restartFromBackup());
  }

  private async redisFrozen(): Promise<void> {
    this.redis.freeze();
    await pause(this.random.skewed(20, 1_200));
    this.redis.thaw();
  }

  private async redisFull(): Promise<void> {
    await this.redis.command('CONFIG', 'SET', 'maxmemory', '1');
    await pause(this.random.skewed(50, 600));
    await this.redis.command('CONFIG', 'SET', 'maxmemory', '0');
  }

  private async redisReadOnly(): Promise<void> {
    await this.redis.command('REPLICAOF', '127.0.0.1', '1');
    await pause(this.random.skewed(50, 600));
    await this.redis.command('REPLICAOF', 'NO', 'ONE');
  }

  private async cellsDeleted(): Promise<void> {
    const cells = (await this.redis.command('KEYS', '*:g:*')) as string[];
    const all = this.random.chance(0.5);
    const some = cells.filter(() => all || this.random.chance(0.5));
    await Promise.all(byHashTag(some).map((together) => this.redis.command('DEL', ...together)));
  }

  /** Redis is silent on one connection of an application, and there is no new one; its others go on. */
  private async silent(brings: Brings): Promise<void> {
    for (const proxy of this.random.shuffled(this.applications.proxies)) {
      const goOn = proxy.stall(await chooserOf(brings, this.redis, this.random));
      proxy.refusing = true;
      await pause(this.random.between(400, 1_000));
      proxy.refusing = false;
      goOn();
    }
  }

  /** Answers are late, but not too late; what comes over other connections overtakes them. */
  private async answersOvertaken(): Promise<void> {
    const end = now() + 2_000;
    while (now() < end) {
      const choose = await chooserOf('answers', this.redis, this.random);
      const goOn = this.applications.proxies.map((proxy) => proxy.stall(choose));
      await pause(this.random.between(30, 80));
      for (const go of goOn) go();
      await pause(this.random.between(10, 50));
    }
  }

  private connectionsCut(): Promise<void> {
    for (const proxy of this.applications.proxies) proxy.cut();
    return Promise.resolve();
  }

  private async oneCutOff(): Promise<void> {
    const proxy = this.random.pick(this.applications.proxies);
    proxy.refusing = true;
    proxy.cut();
    await pause(this.random.skewed(50, 800));
    proxy.refusing = false;
  }

  /** Around the deadline, so that some commands are in time and some are carried out when nobody waits any more. */
  private async networkSlow(): Promise<void> {
    const proxy = this.random.pick(this.applications.proxies);
    proxy.delayMs = this.random.between(10, 90);
    await pause(this.random.between(100, 600));
    // Before it is quick again: bytes must not overtake each other.
    proxy.cut();
    proxy.delayMs = 0;
  }

  private async applicationPaused(): Promise<void> {
    const application = this.random.pick(this.applications.all);
    application.pause();
    await pause(this.random.between(50, 900));
    application.resume();
  }

  private async applicationKilled(kill: (application: Application) => Promise<void>): Promise<void> {
    const application = this.random.pick(this.applications.all);
    if (!application.served) return;
    await kill(application);
    // It takes seconds; the others go on.
    this.replacing.push(this.applications.replace(application));
  }
}
