import { PassThrough } from 'node:stream';
import { runInContext } from '../context/request-context';
import { createLogger, NestLogger } from './logger';
import { LoggingConfig } from './logging.config';

function logged(level: string, write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const destination = new PassThrough();
  write(createLogger(Object.assign(new LoggingConfig(), { level }), destination));
  const text = (destination.read() as Buffer | null)?.toString() ?? '';
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a log line', () => {
  it('names its level, its time and its request', () => {
    const lines = logged('info', (logger) => {
      runInContext({ requestId: 'r-1', actor: { userId: 'u', tenantId: 't-1' } }, () => logger.warn({ a: 1 }, 'odd'));
      logger.info('outside');
      logger.debug('too fine');
    });
    expect(lines).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        requestId: 'r-1',
        tenantId: 't-1',
        a: 1,
        msg: 'odd',
      },
      { level: 'info', time: expect.any(String), msg: 'outside' },
    ]);
  });

  it('names the trace of the caller, whether or not we trace', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const [line] = logged('info', (logger) => runInContext({ requestId: 'r-1', traceparent }, () => logger.info('x')));
    expect(line).toMatchObject({ requestId: 'r-1', traceId: '4bf92f3577b34da6a3ce929d0e0e4736' });
  });

  it.each<[string, object]>([
    ['headers', { headers: { authorization: 'Bearer hunter2', cookie: 'hunter2' } }],
    ['a request', { req: { headers: { authorization: 'Bearer hunter2', cookie: 'hunter2' } } }],
    ['a body', { body: { password: 'hunter2' } }],
    ['a token at the top', { token: 'hunter2', accessToken: 'hunter2' }],
    ['a password at the top', { password: 'hunter2', passwordHash: 'hunter2' }],
    ['an answer', { answer: { accessToken: 'hunter2', token: 'hunter2' } }],
    ['a record', { user: { passwordHash: 'hunter2', password_hash: 'hunter2', secret: 'hunter2' } }],
    ['a list', { users: [{ password: 'hunter2' }] }],
    ['a deeper thing', { a: { b: { password: 'hunter2', token: 'hunter2' } } }],
    [
      'an error',
      { err: Object.assign(new Error('x'), { password: 'hunter2', parameters: ['hunter2'], detail: 'hunter2' }) },
    ],
  ])('never holds the secret in %s', (_where, fields) => {
    const lines = logged('trace', (logger) => logger.info(fields, 'line'));
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});

describe('what Nest logs', () => {
  it('goes the same way, with the class it comes from', () => {
    const lines = logged('trace', (logger) => {
      const nest = new NestLogger(logger);
      nest.log('started', 'Router');
      nest.error('broken', 'the stack', 'Handler');
      nest.error(new Error('thrown'), 'Handler');
      nest.verbose({ some: 'object' });
    });
    expect(lines).toMatchObject([
      { level: 'info', msg: 'started', room: 'Router' },
      { level: 'error', msg: 'broken', room: 'Handler', stack: 'the stack' },
      { level: 'error', msg: 'thrown', room: 'Handler', err: { message: 'thrown' } },
      { level: 'trace', msg: '{"some":"object"}' },
    ]);
  });
});
