import { AsyncLocalStorage } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import type { Connection } from './connection';
import type { SessionScope } from './session';

export type Hook = () => void | Promise<void>;

const storage = new AsyncLocalStorage<OpenTransaction>();

/** What is known of a transaction, or of a savepoint in one, while its work runs. */
export class OpenTransaction {
  isOpen = true;
  readonly beforeCommit: (() => Promise<void>)[] = [];
  readonly afterCommit: Hook[] = [];
  private lastSavepoint: Promise<unknown> = Promise.resolve();

  constructor(
    readonly connection: Connection,
    readonly scope: SessionScope,
    readonly depth = 0,
  ) {}

  /** Runs work of which everything asynchronous sees this transaction as the current one. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return storage.run(this, work);
  }

  /** Savepoints of one connection nest, they cannot overlap: each waits for the one before. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.lastSavepoint.then(work);
    this.lastSavepoint = turn.catch(() => undefined);
    return turn;
  }

  savepoint(): OpenTransaction {
    return new OpenTransaction(this.connection, this.scope, this.depth + 1);
  }

  /** A released savepoint leaves its hooks to the transaction around it; those of a rolled back one are forgotten. */
  adopt(savepoint: OpenTransaction): void {
    this.beforeCommit.push(...savepoint.beforeCommit);
    this.afterCommit.push(...savepoint.afterCommit);
  }

  /** A hook may add further ones. */
  async runBeforeCommit(): Promise<void> {
    for (let hook = this.beforeCommit.shift(); hook; hook = this.beforeCommit.shift()) await hook();
  }

  /** To be called when the transaction is over; never rejects. */
  async runAfterCommit(): Promise<void> {
    await Promise.all(this.afterCommit.map(runHook));
  }
}

/** The transaction, or savepoint, that the caller runs in; undefined once it is over. */
export function currentTransaction(): OpenTransaction | undefined {
  const transaction = storage.getStore();
  return transaction?.isOpen ? transaction : undefined;
}

/** What the hook throws is logged: the change it follows has happened. */
export async function runHook(hook: Hook): Promise<void> {
  try {
    await hook();
  } catch (error) {
    new Logger('Database').error(
      'A hook that runs after a commit failed',
      error instanceof Error ? error.stack : error,
    );
  }
}
