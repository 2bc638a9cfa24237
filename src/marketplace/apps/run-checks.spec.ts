import type { Connector, ConnectorCheck, ConnectorContext } from '../connector';
import { runChecks } from './run-checks';

const http = { request: () => Promise.reject(new Error('Nothing is out there.')) };
const clean = (text: string): string => text.replaceAll('secret', '*');

function run(
  test: (context: ConnectorContext) => unknown,
  signal = new AbortController().signal,
): Promise<ConnectorCheck[]> {
  const connector = { test } as unknown as Connector;
  return runChecks(connector, { configuration: {}, http, signal }, clean);
}

describe('checks of a connector', () => {
  it('are told without secrets', async () => {
    const found = [
      { name: 'a secret', ok: true },
      { name: 'b', ok: false, error: 'no secret' },
    ];
    expect(await run(() => Promise.resolve(found))).toEqual([
      { name: 'a *', ok: true },
      { name: 'b', ok: false, error: 'no *' },
    ]);
  });

  it.each<[string, string, () => unknown]>([
    [
      'throws',
      'my *',
      () => {
        throw new Error('my secret');
      },
    ],
    ['rejects', 'my *', () => Promise.reject(new Error('my secret'))],
    ['answers nonsense', 'checks.slice is not a function', () => Promise.resolve({})],
  ])('have failed when it %s', async (_how, error, test) => {
    expect(await run(test)).toEqual([{ name: 'The connector can test', ok: false, error }]);
  });

  it('end in time, also when the connector does not', async () => {
    const late = [{ name: 'The connector can test', ok: false, error: 'It took too long.' }];
    const ending = new AbortController();
    const running = run(() => new Promise(() => undefined), ending.signal);
    ending.abort();
    expect(await running).toEqual(late);
    expect(await run(() => new Promise(() => undefined), ending.signal)).toEqual(late);
  });

  it('leave nothing behind that rejects later, when it has thrown at once', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): number => rejections.push(reason);
    process.on('unhandledRejection', note);
    const ending = new AbortController();
    await run(() => {
      throw new Error('at once');
    }, ending.signal);
    ending.abort();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });

  it('are few and short', async () => {
    const many = Array.from({ length: 70 }, () => ({ name: 'n'.repeat(300), ok: true }));
    const told = await run(() => Promise.resolve(many));
    expect([told.length, told[0]?.name.length]).toEqual([50, 200]);
  });
});
