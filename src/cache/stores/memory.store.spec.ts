import { addressOf } from '../cache-key';
import { toCachedValue } from '../cached-value';
import type { StoredEntry } from '../store';
import { tag } from '../tag';
import { MemoryStore } from './memory.store';

describe('MemoryStore', () => {
  const entry = (text: string): StoredEntry => ({
    tenantId: 'one',
    value: toCachedValue({ text }, 'test'),
    expiresAt: Date.now() + 60_000,
    loadMs: 1,
  });
  const store = (maxEntries: number, maxBytes = 1_000_000) => new MemoryStore({ maxEntries, maxBytes });
  const cells = (name: string) => [{ name, many: false }];

  const fill = async (memory: MemoryStore, key: string, text: string): Promise<void> => {
    const { vector } = await memory.read(key, cells(key));
    if (vector === undefined) throw new Error('no vector');
    await memory.write(key, vector, entry(text));
  };

  it('is bounded by entries and by bytes', async () => {
    const few = store(10);
    for (let number = 0; number < 50; number++) await fill(few, `k${number}`, 'x');
    expect(few.status().entries).toBe(10);

    const small = store(1_000, 20_000);
    for (let number = 0; number < 50; number++) await fill(small, `k${number}`, 'x'.repeat(1_000));
    expect(small.status().bytes).toBeLessThanOrEqual(20_000);
    expect(small.status().entries).toBeGreaterThan(2);
  });

  it('keeps nothing that is larger than all it may hold', async () => {
    const small = store(10, 2_000);
    await fill(small, 'k', 'x'.repeat(5_000));
    expect((await small.read('k', cells('k'))).entry).toBeUndefined();
  });

  it('takes from a tenant who asks for ever new things, not from those who hold less', async () => {
    const memory = store(100);
    const ask = async (tenantId: string, key: string): Promise<boolean> => {
      const its = [...cells(`tag of ${tenantId}`), { name: key, many: true }];
      const { vector, entry: found } = await memory.read(`${tenantId}:${key}`, its);
      if (!found && vector !== undefined) await memory.write(`${tenantId}:${key}`, vector, { ...entry('x'), tenantId });
      return found !== undefined;
    };
    for (let number = 0; number < 20; number++) await ask('modest', `k${number}`);
    for (let number = 0; number < 5_000; number++) await ask('greedy', `random ${number}`);
    for (let number = 0; number < 20; number++) expect(await ask('modest', `k${number}`)).toBe(true);
    expect(await ask('greedy', 'random 4999')).toBe(true);
    expect(await ask('greedy', 'random 4900')).toBe(false);
    expect(memory.status().entries).toBe(100);
  });

  it('holds lists of many tenants, though each may depend on any of its rows', async () => {
    const memory = store(1_000);
    const rows = Array.from({ length: 128 }, (_, row) => tag('row', row));
    const tenants = Array.from({ length: 100 }, (_, number) => `tenant ${number}`);
    const ask = async (tenantId: string): Promise<boolean> => {
      const audience = { tenantId, userId: undefined };
      const { entryKey, cells: all } = addressOf({ cache: 'risk', key: ['list'] }, [], audience, rows);
      const { vector, entry: found } = await memory.read(entryKey, all);
      if (vector !== undefined) await memory.write(entryKey, vector, entry(tenantId));
      return found !== undefined;
    };
    for (const tenantId of tenants) await ask(tenantId);
    for (const tenantId of tenants) expect(await ask(tenantId)).toBe(true);
  });

  it('loses the entries behind a cell it had to forget, and never takes it for unchanged', async () => {
    const memory = store(10);
    const { vector } = await memory.read('k', cells('k'));
    for (let number = 0; number < 100; number++) await memory.read('other', cells(`other ${number}`));
    if (vector !== undefined) await memory.write('k', vector, entry('old'));
    expect((await memory.read('k', cells('k'))).entry).toBeUndefined();
  });

  it('never takes a key for unchanged whose tag it had to forget before an eviction', async () => {
    const memory = store(10);
    const [alone, shared] = [[{ name: 'k', many: true }], cells('k')];
    await memory.read('k', alone);
    const { vector } = await memory.read('below k', shared);
    for (let number = 0; number < 100; number++) await memory.read('other', cells(`other ${number}`));
    await memory.evict(['k']);
    if (vector !== undefined) await memory.write('below k', vector, entry('old'));
    expect((await memory.read('below k', shared)).entry).toBeUndefined();
  });

  it('forgets its cells with its entries', async () => {
    const memory = store(10);
    const { vector } = await memory.read('k', cells('k'));
    memory.clear();
    if (vector !== undefined) await memory.write('k', vector, entry('old'));
    expect((await memory.read('k', cells('k'))).entry).toBeUndefined();
  });
});
