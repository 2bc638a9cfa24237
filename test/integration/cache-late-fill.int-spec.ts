import { randomUUID } from 'node:crypto';
import { instanceHere, instanceInOwnProcess, type CacheInstance } from '../support/cache-instance';
import { sharedRedisUrl } from '../support/redis-server';

interface Topology {
  readonly name: string;
  readonly open: () => Promise<{ reader: CacheInstance; writer: CacheInstance }>;
}

const alone = async (settings: Record<string, string>) => {
  const one = await instanceHere(settings);
  return { reader: one, writer: one };
};

const topologies: Topology[] = [{ name: 'one instance over memory', open: () => alone({ CACHE_STORE: 'memory' }) }];
if (sharedRedisUrl === undefined) {
  process.stdout.write('skipped, there is no Redis: late fill over redis\n');
} else {
  const settings = { REDIS_URL: sharedRedisUrl, CACHE_KEY_PREFIX: `late-${process.pid}`, CACHE_DEADLINE_MS: '5000' };
  topologies.push(
    { name: 'one instance over redis', open: () => alone(settings) },
    {
      name: 'two instances in one process',
      open: async () => ({ reader: await instanceHere(settings), writer: await instanceHere(settings) }),
    },
    {
      name: 'two processes',
      open: async () => {
        const [reader, writer] = await Promise.all([instanceInOwnProcess(settings), instanceInOwnProcess(settings)]);
        return { reader, writer };
      },
    },
  );
}

describe.each(topologies)('A load that is overtaken by a write: $name', ({ open }) => {
  let reader: CacheInstance;
  let writer: CacheInstance;

  beforeAll(async () => ({ reader, writer } = await open()));
  afterAll(async () => {
    await reader.close();
    if (writer !== reader) await writer.close();
  });

  /** Something in a database, and a way to hold up whoever has just read it. */
  const row = () => {
    const id = randomUUID();
    let value = 'old';
    let loads = 0;
    const load = (): Promise<unknown> => {
      loads++;
      return Promise.resolve({ value });
    };
    const slowRead = async (instance: CacheInstance) => {
      let go: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (go = resolve));
      let begun: () => void = () => undefined;
      const hasBegun = new Promise<void>((resolve) => (begun = resolve));
      const answer = instance.read(id, async () => {
        const seen = await load();
        begun();
        await held;
        return seen;
      });
      await hasBegun;
      return {
        finish: () => {
          go();
          return answer;
        },
      };
    };
    return {
      slowRead,
      read: (instance: CacheInstance) => instance.read(id, load),
      write: async (instance: CacheInstance) => {
        value = 'new';
        return instance.evict(id);
      },
      loads: () => loads,
    };
  };

  it('is not what anybody is answered after the write has returned', async () => {
    const { slowRead, read, write } = row();
    const slow = await slowRead(reader);
    expect(await write(writer)).toEqual({ status: 'ok' });

    // Not while it is still loading, by joining it ...
    expect(await read(reader)).toEqual({ value: 'new' });
    expect(await read(writer)).toEqual({ value: 'new' });
    // ... and not after it was stored.
    expect(await slow.finish()).toEqual({ value: 'old' });
    expect(await read(reader)).toEqual({ value: 'new' });
    expect(await read(writer)).toEqual({ value: 'new' });
  });

  it('is not what anybody is answered when it is the first to be stored', async () => {
    const { slowRead, read, write } = row();
    const slow = await slowRead(reader);
    await write(writer);
    await slow.finish();
    expect(await read(reader)).toEqual({ value: 'new' });
    expect(await read(writer)).toEqual({ value: 'new' });
  });

  it('is overtaken in the other direction as well', async () => {
    const { slowRead, read, write } = row();
    const slow = await slowRead(writer);
    await write(reader);
    await slow.finish();
    expect(await read(writer)).toEqual({ value: 'new' });
    expect(await read(reader)).toEqual({ value: 'new' });
  });

  it('reaches what another instance already held', async () => {
    const { read, write } = row();
    await read(reader);
    await read(writer);
    await read(reader);
    await write(writer);
    expect(await read(reader)).toEqual({ value: 'new' });
  });

  it('is shared while nothing is written', async () => {
    const { read, slowRead, loads } = row();
    const slow = await slowRead(reader);
    const joined = [read(reader), read(reader)];
    await slow.finish();
    await Promise.all(joined);
    expect(await read(writer)).toEqual({ value: 'old' });
    expect(loads()).toBe(1);
  });
});
