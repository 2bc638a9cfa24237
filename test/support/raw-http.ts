import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What came back over a socket, as far as it can be read as one HTTP answer. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** How many answers the server gave before it closed the connection, or before it fell silent. */
  readonly answers: number;
}

/** For requests that no HTTP client would send: writes the bytes as they are, and reads until the server closes. */
export async function sendRaw(
  url: string,
  bytes: string | Uint8Array,
  { waitMs = 5_000 }: { waitMs?: number } = {},
): Promise<RawAnswer> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(bytes);
  return parse(await everythingFrom(socket, waitMs));
}

async function everythingFrom(socket: Socket, waitMs: number): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const timer = setTimeout(() => socket.destroy(), waitMs);
  await once(socket, 'close');
  clearTimeout(timer);
  return Buffer.concat(chunks).toString('latin1');
}

function parse(received: string): RawAnswer {
  const [head = '', ...body] = received.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers();
  for (const line of lines) headers.append(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim());
  return {
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? 0),
    headers,
    text: Buffer.from(body.join('\r\n\r\n'), 'latin1').toString(),
    answers: received.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0,
  };
}
