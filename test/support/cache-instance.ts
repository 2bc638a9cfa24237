import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { EvictionResult } from '../../src/cache/evictions';
import { tag } from '../../src/cache/tag';
import type { FromProcess, ToProcess } from './cache-process';
import { asTenant, openCache } from './open-cache';

/** One instance of the application, as far as the cache is concerned: one thing can be read, and evicted by its tag. */
export interface CacheInstance {
  read(id: string, loader: () => Promise<unknown>): Promise<unknown>;
  evict(id: string): Promise<EvictionResult>;
  close(): Promise<void>;
}

type Settings = Readonly<Record<string, string>>;

export async function instanceHere(settings: Settings): Promise<CacheInstance> {
  const opened = await openCache(settings);
  await opened.connected();
  return {
    read: (id, loader) =>
      asTenant('one', () =>
        opened.cache.getOrLoad({ cache: 'asset', key: ['id', id] }, loader, { tags: [tag('it', id)] }),
      ),
    evict: (id) => asTenant('one', () => opened.cache.evict({ tags: [tag('it', id)] })),
    close: () => opened.close(),
  };
}

/**
 * The same in a process of its own. Its loaders ask this process, so that a test can hold them up.
 *
 * @param env of the process, beside that of this one
 */
export async function instanceInOwnProcess(settings: Settings, env: Settings = {}): Promise<CacheInstance> {
  const child = fork(join(__dirname, 'cache-process.ts'), [JSON.stringify(settings)], {
    execArgv: ['-r', join(__dirname, 'swc-register.cjs')],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_NO_WARNINGS: '1', ...env },
  });
  const calls = new Calls(child);
  await calls.ready;
  return {
    read: (id, loader) => calls.make({ do: 'read', id }, loader),
    evict: (id) => calls.make({ do: 'evict', id }) as Promise<EvictionResult>,
    close: async () => {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

class Calls {
  readonly ready: Promise<void>;
  private readonly open = new Map<number, { answer: (value: unknown) => void; loader: () => Promise<unknown> }>();
  private last = 0;

  constructor(private readonly child: ChildProcess) {
    this.ready = new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`The cache's process ended with ${code}`)));
      child.on('message', (message: FromProcess) => {
        if (message.tell === 'ready') resolve();
        else void this.hear(message);
      });
    });
  }

  make(
    request: { do: 'read' | 'evict'; id: string },
    loader = (): Promise<unknown> => Promise.resolve(),
  ): Promise<unknown> {
    const call = ++this.last;
    return new Promise((answer) => {
      this.open.set(call, { answer, loader });
      this.child.send({ ...request, call } satisfies ToProcess);
    });
  }

  private async hear(message: Exclude<FromProcess, { tell: 'ready' }>): Promise<void> {
    const call = this.open.get(message.call);
    if (message.tell === 'load') {
      this.child.send({ do: 'loaded', call: message.call, value: await call?.loader() } satisfies ToProcess);
    } else {
      this.open.delete(message.call);
      call?.answer(message.value);
    }
  }
}
