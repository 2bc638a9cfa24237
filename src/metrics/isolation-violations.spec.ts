import { Counter } from 'prom-client';
import { ForeignRow, IsolationViolations } from './isolation-violations';

describe('the last look at rows', () => {
  const counter = new Counter({ name: 'violations', help: 'In this test.', registers: [], labelNames: ['layer'] });
  const isolation = new IsolationViolations(counter);
  const counted = async (): Promise<Record<string, number>> => {
    const { values } = await counter.get();
    return Object.fromEntries(values.map(({ labels, value }) => [String(labels['layer']), value]));
  };

  it('counts from 0 and passes what is the own tenant’s, or says nothing of tenants', async () => {
    isolation.inspect([], 'one');
    isolation.inspect([{ tenant_id: 'one' }, { tenant_id: 'one' }], 'one');
    isolation.inspect([{ id: 'two' }], 'one');
    isolation.inspect([{ tenant_id: 'two' }], undefined);
    expect(await counted()).toEqual({ cache: 0, database: 0 });
  });

  it('refuses and counts a row of another tenant, wherever it is among the others', async () => {
    const rows = [{ tenant_id: 'one' }, { tenant_id: 'one' }, { tenant_id: 'two' }];
    expect(() => isolation.inspect(rows, 'one')).toThrow(ForeignRow);
    expect(() => isolation.inspect([{ tenant_id: null }], 'one')).toThrow(ForeignRow);
    isolation.foreignEntry();
    expect(await counted()).toEqual({ cache: 1, database: 2 });
  });
});
