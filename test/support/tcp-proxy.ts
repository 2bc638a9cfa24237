import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a client and a server, and makes the network as bad as a test needs it. */
export class TcpProxy {
  /** Added in each direction. */
  delayMs = 0;
  /** New connections are closed at once while this is set. */
  refusing = false;
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((client) => this.join(client));

  private constructor(private readonly target: URL) {}

  static async inFrontOf(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(url));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** The target's URL, through the proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Breaks every open connection, as a restart of the server would. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /**
   * Lets one of the open connections pass nothing more in one direction.
   * @returns lets it go on; nothing was lost
   */
  stall(pick: (sockets: readonly Socket[]) => Socket): () => void {
    if (this.sockets.size === 0) return () => undefined;
    const socket = pick([...this.sockets]);
    socket.pause();
    return () => void socket.resume();
  }

  /**
   * Holds back what clients send from now on over the connections they have.
   * @returns lets it go on; nothing was lost
   */
  holdRequests(): () => void {
    const { port } = this.server.address() as AddressInfo;
    const clients = [...this.sockets].filter(({ localPort }) => localPort === port);
    for (const client of clients) client.pause();
    return () => {
      for (const client of clients) client.resume();
    };
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    if (this.refusing) {
      client.destroy();
      return;
    }
    const server = connect(Number(this.target.port), this.target.hostname);
    this.pass(client, server);
    this.pass(server, client);
  }

  private pass(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (bytes) => this.later(() => to.write(bytes)));
    from.on('close', () => {
      this.sockets.delete(from);
      this.later(() => to.destroy());
    });
    from.on('error', () => undefined);
  }

  private later(act: () => void): void {
    if (this.delayMs === 0) act();
    else setTimeout(act, this.delayMs).unref();
  }
}
