import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  /** Names and values as they came, in lines. */
  readonly head: string;
  readonly text: string;
  readonly etag: string | undefined;
  readonly cache: string | undefined;
}

export interface Sent {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** One client with connections of its own that stay open, as fast as Node can: it must not be what a probe waits for. */
export class KeepAliveClient {
  private readonly agent = new Agent({ keepAlive: true });

  send(url: string, { method, path, body, headers }: Sent): Promise<Answer> {
    return new Promise((done, fail) => {
      const outgoing = request(url + path, { agent: this.agent, method, headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', fail);
        incoming.on('end', () => {
          const cache = incoming.headers['x-cache'];
          done({
            status: incoming.statusCode ?? 0,
            head: incoming.rawHeaders.join('\n'),
            text: Buffer.concat(chunks).toString(),
            etag: incoming.headers.etag,
            cache: typeof cache === 'string' ? cache : undefined,
          });
        });
      });
      outgoing.on('error', fail);
      outgoing.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
