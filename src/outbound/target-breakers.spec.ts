import { failureOf, loopback, openOutbound } from '../../test/support/outbound';
import { openSource, status } from '../../test/support/source-server';
import { runInContext } from '../context/request-context';
import type { OutboundFailure } from './outbound.errors';

const bounds = { deadlineMs: 20_000, maxBytes: 1_000_000 };

describe('a target that fails again and again', () => {
  const env = { ...loopback, OUTBOUND_BREAKER_FAILURES: '3', OUTBOUND_BREAKER_SECONDS: '60' };
  afterEach(() => jest.restoreAllMocks());
  const as = <T>(tenantId: string, work: () => Promise<T>): Promise<T> =>
    runInContext({ requestId: 'r', tenantId }, work);

  it('is left alone, by its tenant, and tried again later', async () => {
    const source = await openSource(status(500));
    const { client } = openOutbound(env);
    const ask = (tenantId: string): Promise<OutboundFailure> =>
      as(tenantId, () => failureOf(client.request(source.url, bounds)));
    for (let times = 0; times < 3; times += 1) expect(await ask('one')).toMatchObject({ reason: 'status' });
    expect(await ask('one')).toMatchObject({ reason: 'breaker-open', retryAfterSeconds: 60 });
    expect(source.asked).toHaveLength(3);
    expect(await ask('two')).toMatchObject({ reason: 'status' });
    source.answer = status(200);
    const later = Date.now() + 60_000;
    jest.spyOn(Date, 'now').mockImplementation(() => later);
    const answer = await as('one', () => client.request(source.url, bounds));
    await expect(answer.text()).resolves.toBe('no');
    await source.close();
  });

  it('is not one that refuses what is asked of it', async () => {
    const source = await openSource(status(404));
    const { client } = openOutbound(env);
    for (let times = 0; times < 5; times += 1) {
      expect(await failureOf(client.request(source.url, bounds))).toMatchObject({ reason: 'status' });
    }
    await source.close();
  });
});
