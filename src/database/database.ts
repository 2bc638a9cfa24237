import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { IsolationViolations } from '../metrics/isolation-violations';
import type { Connection } from './connection';
import { CommitOutcomeUnknown } from './database.errors';
import { ConnectionPool } from './connection-pool';
import { currentTransaction, OpenTransaction } from './open-transaction';
import { enlistExpected } from './transaction.events';
import type { PoolStats } from './pool-stats';
import { checkSameScope, chooseScope, sendScope } from './scope';
import type { ReadSession, SessionScope, Transaction } from './session';
import { isConnectionLoss, toDomainError } from './sql-errors';
import { Statements, TransactionStatements } from './statements';

const BEGIN_READ = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
const BEGIN_WRITE = 'BEGIN ISOLATION LEVEL READ COMMITTED';
const PING_TIMEOUT_MS = 1_000;

/** The only door to Postgres. Every statement runs in a transaction that is told its tenant and user. */
@Injectable()
export class Database implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly pool: ConnectionPool,
    private readonly isolation: IsolationViolations,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.pool.keepWarm();
  }

  /**
   * Reads one snapshot in one round trip: BEGIN, scope, the statements of `work` and COMMIT travel together. So `work`
   * issues all of them before it first awaits, several in one Promise.all. Inside a transaction it sees that
   * transaction's own changes.
   *
   * @param scope instead of the current actor's tenant and user
   * @throws Unavailable 503 without a connection in time, and as {@link toDomainError} says
   */
  async read<T>(work: (session: ReadSession) => Promise<T>, scope?: SessionScope): Promise<T> {
    const open = currentTransaction();
    if (open) {
      checkSameScope(open, scope);
      return issue(new Statements(open.connection, open.scope, this.isolation), work);
    }
    const chosen = chooseScope(scope);
    try {
      const connection = await this.pool.acquire();
      const stream = connection.client.connection.stream;
      // One write to the socket for the whole flight.
      stream.cork();
      const flight: Promise<unknown>[] = [connection.control(BEGIN_READ), sendScope(connection, chosen)];
      const answer = issue(new Statements(connection, chosen, this.isolation), work);
      flight.push(connection.control('COMMIT'));
      stream.uncork();
      const landed = Promise.allSettled(flight).then(() => connection.release());
      try {
        return await answer;
      } finally {
        // Before the caller goes on, so that their next read finds this connection idle and opens no other.
        await landed;
      }
    } catch (error) {
      throw toDomainError(error);
    }
  }

  /**
   * Runs `work` in a READ COMMITTED transaction and commits it; rolls back when it throws. Inside another transaction it
   * joins that one as a savepoint. Nothing is retried.
   *
   * @param scope instead of the current actor's tenant and user; inside another transaction it must be the same
   * @throws CommitOutcomeUnknown 503 when the connection broke on the way of COMMIT; Unavailable 503 without a connection in time, and as {@link toDomainError} says
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>, scope?: SessionScope): Promise<T> {
    const open = currentTransaction();
    if (!open) return this.outermost(work, chooseScope(scope));
    checkSameScope(open, scope);
    return open.inTurn(() => this.savepoint(open, work));
  }

  /** @throws Unavailable 503 when Postgres does not answer within the acquire timeout and one second */
  async ping(): Promise<void> {
    try {
      const connection = await this.pool.acquire();
      try {
        await connection.control('SELECT 1', PING_TIMEOUT_MS);
      } finally {
        connection.release();
      }
    } catch (error) {
      throw toDomainError(error);
    }
  }

  poolStats(): PoolStats {
    return this.pool.stats();
  }

  private async outermost<T>(work: (tx: Transaction) => Promise<T>, scope: SessionScope): Promise<T> {
    const connection = await this.pool.acquire().catch((error: unknown) => {
      throw toDomainError(error);
    });
    const transaction = new OpenTransaction(connection, scope);
    enlistExpected(transaction);
    const tx = new TransactionStatements(connection, scope, this.isolation, this.dataSource);
    let outcome: 'unknown' | 'rolled back' = 'rolled back';
    try {
      // Not awaited: both travel with the first statement of the work.
      const begun = Promise.all([connection.control(BEGIN_WRITE), sendScope(connection, scope)]);
      begun.catch(() => undefined);
      const result = await transaction.run(async () => {
        const done = await work(tx);
        await transaction.prepareCommit();
        return done;
      });
      await begun;
      end(transaction, tx);
      outcome = 'unknown';
      await commit(connection);
      connection.release();
      await transaction.tellEnd('committed');
      return result;
    } catch (error) {
      end(transaction, tx);
      if (!connection.spoiled) await connection.control('ROLLBACK').catch(() => undefined);
      connection.release();
      if (outcome === 'unknown' && !isConnectionLoss(error)) outcome = 'rolled back';
      await transaction.tellEnd(outcome);
      throw outcome === 'unknown' ? new CommitOutcomeUnknown(error) : toDomainError(error);
    }
  }

  private async savepoint<T>(outer: OpenTransaction, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { connection, scope } = outer;
    const inner = outer.savepoint();
    const tx = new TransactionStatements(connection, scope, this.isolation, this.dataSource);
    const name = `level_${inner.depth}`;
    try {
      const set = connection.control(`SAVEPOINT ${name}`);
      set.catch(() => undefined);
      const result = await inner.run(() => work(tx));
      await set;
      end(inner, tx);
      await connection.control(`RELEASE SAVEPOINT ${name}`);
      outer.adopt(inner);
      return result;
    } catch (error) {
      end(inner, tx);
      const undo = `ROLLBACK TO SAVEPOINT ${name}; RELEASE SAVEPOINT ${name}`;
      if (!connection.spoiled) await connection.control(undo).catch(() => undefined);
      throw toDomainError(error);
    }
  }
}

/** Lets `work` issue its statements, now or never: later ones would find the flight gone. */
async function issue<T>(statements: Statements, work: (session: ReadSession) => Promise<T>): Promise<T> {
  let answer: Promise<T>;
  try {
    answer = work(statements);
  } finally {
    statements.close('A read issues all its statements before it first awaits');
  }
  return answer;
}

function end(transaction: OpenTransaction, tx: TransactionStatements): void {
  transaction.isOpen = false;
  tx.close('The transaction is over: await its statements inside of it');
}

/** Postgres answers a COMMIT with ROLLBACK, and no error, when a statement failed and its error was swallowed. */
async function commit(connection: Connection): Promise<void> {
  if ((await connection.control('COMMIT')) !== 'COMMIT') {
    throw new Error('The transaction was rolled back: a statement in it failed and the error was swallowed');
  }
}
