import { once } from 'node:events';
import { Agent, createServer, get, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_MS = 50;

interface Backend {
  readonly port: number;
  readonly agent: Agent;
  ready: boolean;
}

/**
 * A balancer as simple as they come: the next one that is ready, over kept connections; the one after it when a connection
 * is refused, since then nothing was sent. What breaks later is a 502: a request may have been carried out.
 */
export class RoundRobin {
  private readonly backends: readonly Backend[];
  private readonly server = createServer((asked, answer) => void this.pass(asked, answer));
  private readonly closed = new AbortController();
  private turn = 0;

  private constructor(ports: readonly number[]) {
    this.backends = ports.map((port) => ({ port, agent: new Agent({ keepAlive: true }), ready: false }));
    // Its clients keep their connections for as long as they like.
    this.server.keepAliveTimeout = 0;
    for (const backend of this.backends) void this.watch(backend);
  }

  static async inFrontOf(ports: readonly number[]): Promise<RoundRobin> {
    const proxy = new RoundRobin(ports);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  isReady(port: number): boolean {
    return this.backends.some((backend) => backend.port === port && backend.ready);
  }

  close(): void {
    this.closed.abort();
    this.server.close();
    this.server.closeAllConnections();
    for (const { agent } of this.backends) agent.destroy();
  }

  private async watch(backend: Backend): Promise<void> {
    while (!this.closed.signal.aborted) {
      backend.ready = await isReady(backend.port);
      await pause(LOOK_MS);
    }
  }

  private async pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await buffer(asked);
    const turn = this.turn++;
    const ready = this.backends.filter((backend) => backend.ready);
    const inTurn = ready.map((_, index) => ready[(turn + index) % ready.length]).filter((backend) => !!backend);
    const next = (): void => {
      const backend = inTurn.shift();
      if (!backend) {
        answer.writeHead(503).end('nobody is ready');
        return;
      }
      const { method = 'GET', url = '/', headers } = asked;
      const passed = request({
        host: '127.0.0.1',
        port: backend.port,
        agent: backend.agent,
        method,
        path: url,
        headers,
      });
      passed.on('response', (answered) => {
        const { connection: _, ...kept } = answered.headers;
        answer.writeHead(answered.statusCode ?? 502, kept);
        answered.on('error', () => answer.destroy()).pipe(answer);
      });
      passed.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') next();
        else answer.writeHead(502).end(`${error.code} of ${backend.port}`);
      });
      passed.end(body);
    };
    next();
  }
}

/** Over a connection of its own, as the checks of balancers. */
function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/health/ready', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    }).on('error', () => resolve(false));
  });
}
