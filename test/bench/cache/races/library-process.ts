import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ChildOptions, FromChild, ToChild } from './library-child';

interface Call {
  readonly answer: (value: unknown) => void;
  readonly fail: (error: Error) => void;
  readonly load: () => Promise<unknown>;
}

/** A library in a process of its own. Its loaders ask this process, which can hold them up. */
export class LibraryProcess {
  private readonly calls = new Map<number, Call>();
  private last = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (message: FromChild) => void this.hear(message));
  }

  /** @throws Error when the library cannot be opened */
  static async start(options: ChildOptions): Promise<LibraryProcess> {
    const child = fork(join(__dirname, 'library-child.ts'), [JSON.stringify(options)], {
      execArgv: ['-r', join(__dirname, '../../../support/swc-register.cjs')],
      // What libraries print when Redis is gone.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    });
    const started = new LibraryProcess(child);
    const [message] = (await once(child, 'message')) as [FromChild];
    if (message.tell !== 'failed') return started;
    await started.end();
    throw new Error(message.message.split('\n', 1).join());
  }

  read(key: string, load: () => Promise<unknown>): Promise<unknown> {
    return this.call({ do: 'read', key }, load);
  }

  /** Resolves when the library says that it is done. */
  async evict(key: string): Promise<void> {
    await this.call({ do: 'evict', key });
  }

  async end(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }

  private call(order: { do: 'read' | 'evict'; key: string }, load: () => Promise<unknown> = nothing): Promise<unknown> {
    const call = ++this.last;
    return new Promise((answer, fail) => {
      this.calls.set(call, { answer, fail, load });
      this.child.send({ ...order, call } satisfies ToChild);
    });
  }

  private async hear(message: FromChild): Promise<void> {
    if (message.tell === 'ready') return;
    const call = this.calls.get(message.call);
    if (message.tell === 'load') {
      this.child.send({ do: 'loaded', call: message.call, value: await call?.load() } satisfies ToChild);
      return;
    }
    this.calls.delete(message.call);
    if (message.tell === 'answer') call?.answer(message.value);
    else call?.fail(new Error(message.message));
  }
}

function nothing(): Promise<unknown> {
  return Promise.resolve();
}
