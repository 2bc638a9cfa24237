import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { DomainError } from '../errors/domain-error';
import { AlreadyExists, BrokenReference, DatabaseUnavailable, ValueRefused, WriteConflict } from './database.errors';

/** Of the operating system, by Node's names. */
const NETWORK_FAILURES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);

/** Of pg, which gives them no code. */
const DRIVER_FAILURES =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|timeout ex(ceeded|pired)|Cannot use a pool after)/;

/**
 * What a failure of Postgres means to a client. Neither SQL nor names nor values reach the message; the cause keeps them
 * for the log. What is no failure of Postgres, or a mistake of ours (SQL that does not parse, a missing right), comes
 * back as it is.
 *
 * @returns AlreadyExists 409, WriteConflict 409 (retryable), BrokenReference 422, ValueRefused 422, DatabaseUnavailable
 *   503, or the error itself
 */
export function toDomainError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (isConnectionLoss(error)) return new DatabaseUnavailable('The database cannot be reached right now.', error);
  const sqlState = databaseErrorIn(error)?.code ?? '';
  switch (sqlState) {
    case '23505': // unique_violation
    case '23P01': // exclusion_violation
      return new AlreadyExists(error);
    case '23503': // foreign_key_violation
      return new BrokenReference(error);
    case '23502': // not_null_violation
    case '23514': // check_violation
      return new ValueRefused(error);
    case '40001': // serialization_failure
    case '40P01': // deadlock_detected
    case '55P03': // lock_not_available
      return new WriteConflict(error);
    case '57014': // query_canceled
      return new DatabaseUnavailable('The database took too long.', error);
  }
  // data_exception: out of range, too long, malformed text, date, JSON ...
  return sqlState.startsWith('22') ? new ValueRefused(error) : error;
}

/** The rule that was broken, e.g. `risks_external_id_key`, for rooms that have a better answer than the general one. */
export function brokenConstraint(error: unknown): string | undefined {
  return databaseErrorIn(error)?.constraint;
}

/** Whether the connection, not the statement, failed: what the server did with a COMMIT is then unknown. */
export function isConnectionLoss(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error)) return false;
  if (cause instanceof DatabaseError) {
    // connection_exception, insufficient_resources, operator_intervention; 25P03 idle transaction ended by the server
    return /^(08|53|57P)/.test(cause.code ?? '') || cause.code === '25P03';
  }
  const code = 'code' in cause ? String(cause.code) : '';
  return NETWORK_FAILURES.has(code) || DRIVER_FAILURES.test(cause.message);
}

/** Whether the statement was refused only because one before it in the transaction had failed. */
export function isConsequence(error: unknown): boolean {
  return databaseErrorIn(error)?.code === '25P02'; // in_failed_sql_transaction
}

function databaseErrorIn(error: unknown): DatabaseError | undefined {
  if (error instanceof DatabaseError) return error;
  if (error instanceof QueryFailedError) return databaseErrorIn(error.driverError);
  return error instanceof Error && error.cause !== undefined ? databaseErrorIn(error.cause) : undefined;
}
