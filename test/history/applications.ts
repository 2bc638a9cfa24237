import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';
import type { ApplicationOptions, Order, Report } from './messages';
import type { Servers } from './servers';

const BOOT_MS = 60_000;
/** As long as reads and writes under way may take, and an exit after them. */
const END_MS = 15_000;

/** One application process in its place; the network between it and Redis is its own. */
export class Application {
  /** Whether it serves from Redis, as far as it has told. */
  served = false;
  private readonly heard = new Set<Report['tell']>();
  private readonly errors: string[] = [];
  private readonly exited: Promise<unknown>;
  private expected = false;

  private constructor(
    readonly place: number,
    private readonly child: ChildProcess,
  ) {
    this.exited = once(child, 'exit');
    child.on('message', (report: Report) => {
      this.heard.add(report.tell);
      if (report.tell === 'served') this.served = report.served;
    });
    child.stderr?.on('data', (text: Buffer) => this.errors.push(text.toString()));
    child.on('exit', () => (this.served = false));
  }

  static launch(options: ApplicationOptions, mode: string): Application {
    const child = fork(join(__dirname, 'application.ts'), [JSON.stringify(options)], {
      execArgv: ['-r', join(__dirname, '..', 'support', 'swc-register.cjs')],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1', HISTORY_MODE: mode },
    });
    return new Application(options.place, child);
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get booted(): boolean {
    return this.running && this.heard.has('ready');
  }

  /** What it died of, when nobody has killed it. */
  get unexpectedEnd(): string | undefined {
    if (this.running || this.expected) return undefined;
    const how = this.child.signalCode ?? this.child.exitCode;
    return `process ${this.place} ended by itself with ${how}: ${this.errors.join('').slice(-2_000)}`;
  }

  tell(order: Order['do']): void {
    if (order === 'kill yourself at the next commit') this.expected = true;
    if (this.running && this.child.connected) this.child.send({ do: order } satisfies Order);
  }

  /** @throws Error when it ends before, or does not say so in time */
  async untilIt(tells: Report['tell'], timeoutMs = BOOT_MS): Promise<void> {
    await until(() => this.heard.has(tells) || !this.running, timeoutMs);
    if (!this.heard.has(tells)) throw new Error(this.unexpectedEnd ?? `process ${this.place} was killed`);
  }

  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    this.expected = true;
    this.child.kill('SIGKILL');
    await this.exited;
  }

  untilDead(): Promise<unknown> {
    return this.exited;
  }

  /** @returns false when it had to be killed */
  async end(): Promise<boolean> {
    if (!this.running) return true;
    this.expected = true;
    this.child.disconnect();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), END_MS)));
    const ended = await Promise.race([this.exited.then(() => true), late]);
    clearTimeout(timer);
    if (!ended) await this.kill();
    return ended;
  }
}

/** Three places, each with an application most of the time. */
export class Applications {
  readonly proxies: readonly TcpProxy[];
  private readonly current: Application[] = [];
  private readonly gone: Application[] = [];
  private launched = 0;

  private constructor(
    proxies: readonly TcpProxy[],
    private readonly redisUrl: string,
    private readonly mode: string,
    private readonly options: Omit<ApplicationOptions, 'place'>,
  ) {
    this.proxies = proxies;
  }

  static async launch(
    places: number,
    { url, proxied }: Pick<Servers, 'url' | 'proxied'>,
    mode: string,
    options: Omit<ApplicationOptions, 'place'>,
  ): Promise<Applications> {
    const proxies = await Promise.all(Array.from({ length: proxied ? places : 0 }, () => TcpProxy.inFrontOf(url)));
    const applications = new Applications(proxies, url, mode, options);
    for (let place = 0; place < places; place++) applications.launchAt(place);
    return applications;
  }

  get all(): readonly Application[] {
    return this.current;
  }

  /** Why processes have ended that nobody has killed. */
  get unexpectedEnds(): string[] {
    return [...this.current, ...this.gone].flatMap(({ unexpectedEnd }) => unexpectedEnd ?? []);
  }

  async untilAll(tell: Report['tell'], timeoutMs?: number): Promise<void> {
    await Promise.all(this.current.map((application) => application.untilIt(tell, timeoutMs)));
  }

  tellAll(order: Order['do']): void {
    for (const application of this.current) application.tell(order);
  }

  /** Puts a new process into the place of one that is dead, and lets it work as soon as it can. */
  async replace(dead: Application): Promise<void> {
    this.gone.push(dead);
    const application = this.launchAt(dead.place);
    await application.untilIt('ready');
    application.tell('start');
  }

  /** @returns what did not end by itself */
  async end(): Promise<string[]> {
    const ended = await Promise.all(this.current.map((application) => application.end()));
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    return ended.flatMap((inTime, place) => (inTime ? [] : [`process ${place} did not end within ${END_MS} ms`]));
  }

  private launchAt(place: number): Application {
    const seed = this.options.seed * 1_000 + this.launched++;
    const env = { ...this.options.env, REDIS_URL: this.proxies[place]?.url ?? this.redisUrl };
    const application = Application.launch({ ...this.options, env, place, seed }, this.mode);
    this.current[place] = application;
    return application;
  }
}
