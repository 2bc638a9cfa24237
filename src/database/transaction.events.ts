import { currentTransaction, runHook, type Hook } from './open-transaction';

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

export function inTransaction(): boolean {
  return currentTransaction() !== undefined;
}
