import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server of somebody else, that answers as a test wants it to. */
export interface SourceServer {
  readonly url: string;
  /** As OUTBOUND_ALLOWED_ADDRESSES names it. */
  readonly host: string;
  /** Paths with their queries, of all requests so far. */
  readonly asked: string[];
  answer: Answer;
  close(): Promise<void>;
}

export async function openSource(answer: Answer = notThere): Promise<SourceServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    source.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const source: SourceServer = {
    url: `http://${host}`,
    host,
    asked,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return source;
}

export function json(body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => {
    response.writeHead(code, headers);
    response.end('no');
  };
}

const notThere: Answer = status(404);
