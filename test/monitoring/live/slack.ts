import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { until } from '../../support/until';

type Status = 'FIRING' | 'RESOLVED';

/** What arrived: the title is that of monitoring/alertmanager. */
interface Message {
  readonly channel: string;
  readonly alert: string;
  readonly status: Status;
}

/** Takes what Alertmanager sends to incoming webhooks of Slack; the path is the channel. */
export class Slack {
  readonly messages: Message[] = [];

  private constructor(private readonly server: Server) {}

  static async open(): Promise<Slack> {
    const server = createServer();
    const slack = new Slack(server);
    server.on('request', (request, response) => {
      void slack.take(request).then((status) => {
        response.statusCode = status;
        response.end(status === 200 ? 'ok' : 'invalid_payload');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return slack;
  }

  addressOf(channel: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${channel}`;
  }

  /** Channels that an alert has arrived in, in alphabetical order. */
  channelsOf(alert: string, status: Status): string[] {
    const found = this.messages.filter((message) => message.alert === alert && message.status === status);
    return [...new Set(found.map(({ channel }) => channel))].sort();
  }

  /** @throws Error when it does not arrive in all of these in time */
  async arrived(alert: string, status: Status, channels: readonly string[], timeoutMs: number): Promise<void> {
    const missing = (): string[] => channels.filter((channel) => !this.channelsOf(alert, status).includes(channel));
    await until(() => missing().length === 0, timeoutMs).catch(() => {
      throw new Error(`${alert} has not arrived as ${status} in ${missing().join(', ')} within ${timeoutMs / 1000} s`);
    });
  }

  /** How often an alert was told so far. */
  count(alert: string): number {
    return this.messages.filter((message) => message.alert === alert && message.status === 'FIRING').length;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage): Promise<number> {
    const body = JSON.parse(await text(request)) as { attachments?: { title?: string }[] };
    const [, status, alert] = /^(FIRING|RESOLVED) (\w+)$/.exec(body.attachments?.[0]?.title ?? '') ?? [];
    if (status === undefined || alert === undefined) return 400;
    this.messages.push({ channel: (request.url ?? '').slice(1), alert, status: status as Status });
    return 200;
  }
}
