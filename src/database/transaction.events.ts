import { AsyncValue } from '../context/async-value';
import {
  currentTransaction,
  runHook,
  type CommitParticipant,
  type Hook,
  type OpenTransaction,
} from './open-transaction';

export type { CommitParticipant, TransactionOutcome } from './open-transaction';

/** What the transactions opened by the caller are to be joined by, outermost first. */
const expected = new AsyncValue<readonly ((transaction: OpenTransaction) => void)[]>();

/**
 * Runs the hook after the outermost COMMIT, before `Database.transaction()` resolves; at once when no transaction is open.
 * After a rollback it never runs. When the connection broke while COMMIT was on its way it does run: an eviction too many
 * is harmless, one too few is not. What it throws is logged and fails nobody.
 */
export function afterCommit(hook: Hook): void {
  const transaction = currentTransaction();
  if (transaction) transaction.afterCommit.push(hook);
  else void runHook(hook);
}

/**
 * Runs the hook inside the transaction, just before the outermost COMMIT, in the order of registration. What it throws
 * rolls the transaction back.
 *
 * @throws Error (a programming error) when no transaction is open.
 */
export function beforeCommit(hook: () => Promise<void>): void {
  const transaction = currentTransaction();
  if (!transaction) throw new Error('beforeCommit() was called outside of a transaction');
  transaction.beforeCommit.push(hook);
}

/**
 * Has the participant prepare the COMMIT of the open transaction and hear of its end. A savepoint that is rolled back
 * takes along what was enlisted in it.
 *
 * @throws Error (a programming error) when no transaction is open.
 */
export function enlist<Item>(participant: CommitParticipant<Item>, item: Item): void {
  const transaction = currentTransaction();
  if (!transaction) throw new Error('enlist() was called outside of a transaction');
  transaction.enlist(participant, [item]);
}

/** Runs `work`, which has no transaction yet: each outermost one that it opens has the item enlisted. */
export function enlistInEach<Item, T>(
  participant: CommitParticipant<Item>,
  item: Item,
  work: () => Promise<T>,
): Promise<T> {
  const join = (transaction: OpenTransaction): void => transaction.enlist(participant, [item]);
  return expected.run([...(expected.get() ?? []), join], work);
}

/** For the database, when it opens a transaction. */
export function enlistExpected(transaction: OpenTransaction): void {
  for (const join of expected.get() ?? []) join(transaction);
}

/** Whether the caller runs in a transaction inside another one, which may be rolled back alone. */
export function inSavepoint(): boolean {
  return (currentTransaction()?.depth ?? 0) > 0;
}

export function inTransaction(): boolean {
  return currentTransaction() !== undefined;
}
