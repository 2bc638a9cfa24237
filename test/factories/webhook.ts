import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectorIdOf } from '../../src/marketplace/connector-id';
import type { AppResponse } from '../../src/marketplace/apps/app.dto';
import type { ApiClient } from '../support/api-client';

export interface ReceivedMessage {
  readonly id: string;
  readonly body: string;
  readonly headers: Record<string, string>;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** What it was answered. */
  readonly status: number;
}

export interface ReceiverAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
}

/** Somebody who is told by webhooks. */
export class Receiver {
  readonly received: ReceivedMessage[] = [];
  /** For the next messages. */
  answer: (message: ReceivedMessage) => ReceiverAnswer | Promise<ReceiverAnswer> = () => ({ status: 204 });
  private readonly server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const received = this.receive(request.headers, Buffer.concat(parts).toString());
      received.then(
        ({ status, headers }) => response.writeHead(status, headers).end(),
        () => response.destroy(),
      );
    });
  });

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Of those that it has taken, in their order. */
  taken(): ReceivedMessage[] {
    return this.received.filter(({ status }) => status < 300);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async receive(given: IncomingHttpHeaders, body: string): Promise<ReceiverAnswer> {
    const headers = signedHeaders(given);
    const { type, data } = JSON.parse(body) as ReceivedMessage;
    const message = { id: headers['webhook-id'] ?? '', body, headers, type, data, status: 0 };
    const answer = await this.answer(message);
    this.received.push({ ...message, status: answer.status });
    return answer;
  }
}

export function webhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** @throws Error with the answer when it cannot be installed */
export async function addWebhook(client: ApiClient, configuration: Record<string, unknown>): Promise<AppResponse> {
  const answer = await client.post('/api/v1/marketplace/apps', {
    connectorId: connectorIdOf('webhook'),
    configuration,
  });
  if (answer.status !== 201) throw new Error(`POST /marketplace/apps: ${answer.status} ${answer.text}`);
  return answer.body as AppResponse;
}

function signedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature', 'content-type', 'user-agent'];
  return Object.fromEntries(names.map((name) => [name, String(headers[name])]));
}
