import { failureOf, loopback, openOutbound } from '../../test/support/outbound';
import { openSource } from '../../test/support/source-server';
import { until } from '../../test/support/until';
import { runInContext } from '../context/request-context';
import type { OutboundRequest } from './outbound-request';

const bounds = { deadlineMs: 20_000, maxBytes: 1_000_000 };

describe('a tenant that asks for much', () => {
  it('waits for itself, and nobody waits for it', async () => {
    const held: (() => void)[] = [];
    const source = await openSource((_request, response) => void held.push(() => response.end()));
    const { client } = openOutbound({ ...loopback, OUTBOUND_CONCURRENCY_PER_TENANT: '2' });
    const ask = (tenantId: string, more: Partial<OutboundRequest> = {}): Promise<string> =>
      runInContext({ requestId: 'r', tenantId }, async () =>
        (await client.request(`${source.url}/${tenantId}`, { ...bounds, ...more })).text(),
      );
    const first = [ask('one'), ask('one'), ask('one')];
    const impatient = ask('one', { deadlineMs: 100 });
    expect(await failureOf(impatient)).toMatchObject({ reason: 'too-slow' });
    const other = ask('two');
    let isDone = false;
    const all = Promise.all([...first, other]).then(() => (isDone = true));
    await until(() => source.asked.length === 3, 10_000);
    expect(source.asked.toSorted()).toEqual(['/one', '/one', '/two']);
    await until(() => {
      held.shift()?.();
      return source.asked.length === 4;
    }, 10_000);
    await until(() => {
      for (const release of held.splice(0)) release();
      return isDone;
    }, 10_000);
    await all;
    expect(source.asked).toHaveLength(4);
    await source.close();
  });
});
