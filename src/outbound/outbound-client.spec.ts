import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { failureOf, loopback, openOutbound } from '../../test/support/outbound';
import { openSource, status, type Answer, type SourceServer } from '../../test/support/source-server';
import { until } from '../../test/support/until';
import type { OutboundAnswer, OutboundRequest } from './outbound-request';

const bounds = { deadlineMs: 20_000, maxBytes: 1_000_000 };

async function isIdle(): Promise<boolean> {
  const before = performance.eventLoopUtilization();
  await pause(100);
  return performance.eventLoopUtilization(before).utilization < 0.5;
}

describe('a request to the outside', () => {
  let source: SourceServer;
  beforeEach(async () => {
    source = await openSource();
  });
  afterEach(() => source.close());

  const answerOf = (answer: Answer, request: Partial<OutboundRequest> = {}): Promise<OutboundAnswer> => {
    source.answer = answer;
    return openOutbound(loopback).client.request(`${source.url}/a?b=c#d`, { ...bounds, ...request });
  };

  it('brings what was asked for, with everything that was said', async () => {
    let heard = '';
    const { client, outcomes } = openOutbound(loopback);
    source.answer = (request, response) => {
      const { method = '', url = '', headers } = request;
      const { authorization = '', host = '', connection = '' } = headers;
      request.on('data', (part) => (heard += String(part)));
      request.on('end', () => {
        response.setHeader('x-twice', ['1', '2']);
        response.end([method, url, authorization, host, connection].join(' '));
      });
    };
    const answer = await client.request(new URL(`${source.url}/a?b=c#d`), {
      ...bounds,
      method: 'POST',
      headers: { Authorization: 'Token hunter2' },
      body: 'grüezi',
    });
    const host = new URL(source.url).host;
    await expect(answer.text()).resolves.toBe(`POST /a?b=c Token hunter2 ${host} close`);
    expect(answer).toMatchObject({ status: 200, headers: { 'x-twice': '1, 2' } });
    expect(heard).toBe('grüezi');
    await expect(outcomes()).resolves.toEqual({ ok: 1 });
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('is decoded from %s', async (encoding, encode) => {
    const answer = await answerOf((_request, response) => {
      response.setHeader('content-encoding', encoding);
      response.end(encode('x'.repeat(200_000)));
    });
    await expect(answer.text()).resolves.toBe('x'.repeat(200_000));
  });

  it.each([301, 302, 303, 307, 308])('never follows a %d, even when it would be accepted', async (code) => {
    const failure = await failureOf(answerOf(status(code, { location: '/elsewhere' }), { accept: () => true }));
    expect(failure).toMatchObject({ reason: 'no-redirects', answered: code });
    expect(source.asked).toEqual(['/a?b=c']);
  });

  it.each([
    ['7', 7],
    [new Date(Date.now() + 3_600_000).toUTCString(), 3_600],
    ['soon', undefined],
  ])('fails for a status that was not accepted, and tells of Retry-After: %s', async (header, seconds) => {
    const failure = await failureOf(answerOf(status(429, { 'retry-after': header })));
    expect(failure).toMatchObject({ reason: 'status', answered: 429, status: 502, code: 'outbound.status' });
    if (seconds === undefined) expect(failure.retryAfterSeconds).toBeUndefined();
    else expect(Math.abs((failure.retryAfterSeconds ?? 0) - seconds)).toBeLessThan(60);
  });

  it('accepts the statuses that it is told to', async () => {
    const answer = await answerOf(status(410), { accept: (code) => code === 410 });
    await expect(answer.text()).resolves.toBe('no');
    expect(answer.status).toBe(410);
  });

  it.each<[string, Answer]>([
    ['a body without end', pour],
    [
      '10 GB that are announced',
      (_request, response) => void response.writeHead(200, { 'content-length': 1e10 }).write('x'),
    ],
    ['a bomb of gzip', bomb('gzip', gzipSync(Buffer.alloc(50_000_000)))],
    ['a bomb of Brotli', bomb('br', brotliCompressSync(Buffer.alloc(50_000_000)))],
    [
      'headers without end',
      (_request, response) => void response.writeHead(200, { 'x-large': 'x'.repeat(40_000) }).end(),
    ],
  ])('refuses %s', async (_what, answer) => {
    const reading = answerOf(answer).then((opened) => opened.text());
    expect(await failureOf(reading)).toMatchObject({ reason: 'too-large' });
    // Asking for the lost connection again and again would keep the process busy for good.
    await until(isIdle);
  });

  // In undici 7 an assertion outside of every promise fails when one ends that it has stopped reading from: the process dies.
  it.each<[string, (socket: Socket) => void]>([
    ['is refused', () => undefined],
    ['is reset', (socket) => socket.resetAndDestroy()],
    ['is closed', (socket) => void socket.end()],
  ])('survives that an answer that nobody reads is larger than buffers are, and %s', async (what, end) => {
    const code = what === 'is refused' ? 500 : 200;
    const closed = new Promise<void>((resolve) => {
      source.answer = ({ socket }, response) => {
        socket.once('close', () => resolve());
        response.writeHead(code, { 'content-length': 900_000 });
        response.write(Buffer.alloc(800_000), () => setTimeout(() => end(socket), 50));
      };
    });
    const asked = openOutbound(loopback).client.request(source.url, { ...bounds, deadlineMs: 1_000 });
    await (code === 500 ? expect(asked).rejects.toThrow('status 500') : asked);
    await closed;
    await until(isIdle);
  });

  it('reads as much as is allowed, and not one byte more', async () => {
    const answer: Answer = (_request, response) => void response.end('x'.repeat(1_000));
    await expect((await answerOf(answer, { maxBytes: 1_000 })).text()).resolves.toHaveLength(1_000);
    const opened = await answerOf(answer, { maxBytes: 999 });
    expect(await failureOf(opened.text())).toMatchObject({ reason: 'too-large' });
  });

  it.each<[string, Answer]>([
    ['no answer', () => undefined],
    ['an answer that drips', drip],
  ])('waits for %s no longer than its deadline', async (_what, answer) => {
    const reading = answerOf(answer, { deadlineMs: 300 }).then((opened) => opened.text());
    expect(await failureOf(reading)).toMatchObject({ reason: 'too-slow' });
  });

  it('lets go of an answer that nobody reads, at its deadline', async () => {
    const closed = new Promise<void>((resolve) => {
      source.answer = (request, response) => {
        request.socket.once('close', resolve);
        response.write('x');
      };
    });
    const { client, outcomes } = openOutbound(loopback);
    await client.request(source.url, { ...bounds, deadlineMs: 1_500 });
    await closed;
    await expect(outcomes()).resolves.toEqual({ 'too-slow': 1 });
  });

  it('ends with the signal of whoever asked, in their words', async () => {
    const controller = new AbortController();
    const { client, outcomes } = openOutbound(loopback);
    source.answer = () => controller.abort(new Error('enough'));
    const asked = client.request(source.url, { ...bounds, signal: controller.signal });
    await expect(asked).rejects.toThrow('enough');
    await expect(client.request(source.url, { ...bounds, signal: controller.signal })).rejects.toThrow('enough');
    await expect(outcomes()).resolves.toEqual({ aborted: 2 });
  });

  it.each<[string, Answer]>([
    ['gzip', bomb('gzip', Buffer.from('this is no gzip'))],
    ['a gzip that was cut off', bomb('gzip', gzipSync('x'.repeat(10_000)).subarray(0, 30))],
    ['an encoding that was not asked for', bomb('compress', Buffer.from('x'))],
  ])('fails for what is not %s', async (_what, answer) => {
    const opened = await answerOf(answer);
    expect(await failureOf(opened.text())).toMatchObject({ reason: 'bad-answer' });
  });

  it('fails when the other side hangs up, before its answer or in it', async () => {
    expect(await failureOf(answerOf((request) => request.socket.destroy()))).toMatchObject({ reason: 'unreachable' });
    const opened = await answerOf((request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('x', () => request.socket.destroy());
    });
    expect(await failureOf(opened.text())).toMatchObject({ reason: 'unreachable' });
  });

  it('fails for what is no HTTP', async () => {
    const odd = await listening((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    const url = `http://127.0.0.1:${portOf(odd)}`;
    expect(await failureOf(openOutbound(loopback).client.request(url, bounds))).toMatchObject({ reason: 'bad-answer' });
    odd.close();
    expect(await failureOf(openOutbound(loopback).client.request(url, bounds))).toMatchObject({
      reason: 'unreachable',
    });
  });

  it.each<Record<string, string>>([
    { host: 'metadata.internal' },
    { 'x-a': 'b\r\nx-c: d' },
    { 'x a': 'b' },
    { 'transfer-encoding': 'chunked' },
  ])('is not sent with the headers %j', async (headers) => {
    const { client } = openOutbound(loopback);
    const failure = await failureOf(client.request(source.url, { ...bounds, headers }));
    expect(failure).toMatchObject({ reason: 'bad-header' });
    expect(source.asked).toEqual([]);
  });

  it('says nothing of its path, its query and its headers when it fails', async () => {
    const { client } = openOutbound({ ...loopback, OUTBOUND_BREAKER_FAILURES: '4' });
    const headers = { authorization: 'Bearer hunter2' };
    const answers: Answer[] = [
      status(500),
      status(302, { location: '/hunter2' }),
      () => undefined,
      bomb('x', Buffer.from('hunter2')),
    ];
    for (const answer of answers) {
      source.answer = answer;
      const asked = client.request(`${source.url}/hunter2?key=hunter2`, { ...bounds, deadlineMs: 200, headers });
      const failure = await failureOf(asked.then((opened) => opened.text()));
      const told = [failure.message, failure.stack, JSON.stringify(failure), String(failure.cause)].join();
      expect(told).not.toContain('hunter2');
    }
  });
});

function pour(_request: unknown, response: Writable): void {
  const part = Buffer.alloc(64 * 1024);
  const next = (error?: Error | null): void => {
    if (!error) response.write(part, next);
  };
  next();
}

function drip(_request: unknown, response: Writable): void {
  const timer = setInterval(() => response.write('x'), 20);
  response.once('close', () => clearInterval(timer));
}

function bomb(encoding: string, body: Buffer): Answer {
  return (_request, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(body);
}

async function listening(heard: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    heard(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
