import { Logger } from '@nestjs/common';
import { AsyncValue } from '../context/async-value';
import type { Connection } from './connection';
import type { SessionScope } from './session';

export type Hook = () => void | Promise<void>;

/** `unknown`: the connection broke while COMMIT was on its way. */
export type TransactionOutcome = 'committed' | 'rolled back' | 'unknown';

/** Takes part in the end of transactions, with what was enlisted in each: the same array both times. */
export interface CommitParticipant<Item> {
  /** Just before the outermost COMMIT, after all hooks. What it throws rolls the transaction back. */
  prepare(items: readonly Item[]): Promise<void>;
  /** After the outermost transaction, before its caller goes on. What it throws is logged and fails nobody. */
  ended(items: readonly Item[], outcome: TransactionOutcome): Promise<void>;
}

const current = new AsyncValue<OpenTransaction>();

/** What is known of a transaction, or of a savepoint in one, while its work runs. */
export class OpenTransaction {
  isOpen = true;
  readonly beforeCommit: (() => Promise<void>)[] = [];
  readonly afterCommit: Hook[] = [];
  private readonly enlisted = new Map<CommitParticipant<unknown>, unknown[]>();
  private lastSavepoint: Promise<unknown> = Promise.resolve();

  constructor(
    readonly connection: Connection,
    readonly scope: SessionScope,
    readonly depth = 0,
  ) {}

  /** Runs work of which everything asynchronous sees this transaction as the current one. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return current.run(this, work);
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
    for (const [participant, items] of savepoint.enlisted) this.enlist(participant, items);
  }

  enlist(participant: CommitParticipant<unknown>, items: readonly unknown[]): void {
    const present = this.enlisted.get(participant);
    if (present) present.push(...items);
    else this.enlisted.set(participant, [...items]);
  }

  /** A hook may add further ones. Participants come last, each once with all that was enlisted. */
  async prepareCommit(): Promise<void> {
    for (let hook = this.beforeCommit.shift(); hook; hook = this.beforeCommit.shift()) await hook();
    for (const [participant, items] of this.enlisted) await participant.prepare(items);
  }

  /** To be called when the transaction is over; never rejects. */
  async tellEnd(outcome: TransactionOutcome): Promise<void> {
    const hooks = outcome === 'rolled back' ? [] : this.afterCommit;
    const participants = Array.from(
      this.enlisted,
      ([participant, items]) =>
        () =>
          participant.ended(items, outcome),
    );
    await Promise.all([...participants, ...hooks].map(runHook));
  }
}

/** The transaction, or savepoint, that the caller runs in; undefined once it is over. */
export function currentTransaction(): OpenTransaction | undefined {
  const transaction = current.get();
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
