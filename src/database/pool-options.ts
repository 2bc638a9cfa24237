import type { ClientBase, PoolConfig } from 'pg';
import type { DatabaseConfig } from './database.config';
import { sqlTypes } from './sql-types';

/** The driver gives up on a silent server a little after the server should have given up on the statement. */
const SILENCE_GRACE_MS = 1_000;

/** What TypeORM hands to pg's pool. */
export function poolOptions(config: DatabaseConfig): PoolConfig {
  const { maxOpen, minIdle, maxLifetimeMs, maxIdleTimeMs } = config.pool;
  return {
    // Statements travel as they are issued, without waiting for the answers before them.
    pipeline: true,
    max: maxOpen,
    min: minIdle,
    maxLifetimeSeconds: maxLifetimeMs / 1000,
    idleTimeoutMillis: maxIdleTimeMs,
    connectionTimeoutMillis: config.connectTimeoutMs,
    statement_timeout: config.statementTimeoutMs,
    query_timeout: config.statementTimeoutMs + SILENCE_GRACE_MS,
    idle_in_transaction_session_timeout: config.idleTransactionTimeoutMs,
    keepAlive: true,
    types: sqlTypes,
    onConnect: ignoreLateErrors,
  };
}

/**
 * The pool listens to a connection's errors only while it is idle. One that breaks on loan tells so through the statement
 * that fails; its event, unheard, would end the process.
 */
function ignoreLateErrors(client: ClientBase): void {
  client.on('error', () => undefined);
}
