import { DatabaseError } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import type { IsolationViolations } from '../metrics/isolation-violations';
import type { Connection } from './connection';
import type { ReadSession, SessionScope, Transaction } from './session';

const IN_FAILED_TRANSACTION = '25P02';

/** The statements that a caller may send over a connection, until it is closed to them. */
export class Statements implements ReadSession {
  private closedBecause?: string;
  private failure?: Error;

  constructor(
    protected readonly connection: Connection,
    private readonly scope: SessionScope,
    private readonly isolation: IsolationViolations,
  ) {}

  get tenantId(): string {
    if (this.scope.tenantId === undefined) throw new Error('This database session has no tenant');
    return this.scope.tenantId;
  }

  query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const rows = this.send<Row & object>(sql, parameters);
    // Of several statements the caller may await only the first that fails.
    rows.catch(() => undefined);
    return rows;
  }

  /** From now on a statement is refused with this sentence. */
  close(because: string): void {
    this.closedBecause = because;
  }

  protected refuseWhenClosed(): void {
    if (this.closedBecause !== undefined) throw new Error(this.closedBecause);
  }

  private async send<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    this.refuseWhenClosed();
    const rows = await this.answerTo<Row>(sql, parameters);
    this.isolation.inspect(rows, this.scope.tenantId);
    return rows;
  }

  /** Of several statements in one flight the first that fails says why; those behind it only that they were not tried. */
  private async answerTo<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    try {
      return await this.connection.query<Row>(sql, parameters);
    } catch (error) {
      if (this.failure !== undefined && isConsequence(error)) throw this.failure;
      if (error instanceof Error) this.failure = error;
      throw error;
    }
  }
}

function isConsequence(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === IN_FAILED_TRANSACTION;
}

export class TransactionStatements extends Statements implements Transaction {
  private manager?: EntityManager;

  constructor(
    connection: Connection,
    scope: SessionScope,
    isolation: IsolationViolations,
    private readonly dataSource: DataSource,
  ) {
    super(connection, scope, isolation);
  }

  get entities(): EntityManager {
    this.refuseWhenClosed();
    this.manager ??= bindEntities(this.dataSource, this.connection);
    return this.manager;
  }

  override close(because: string): void {
    super.close(because);
    // Makes TypeORM refuse further statements; the connection itself is ours to release.
    if (this.manager?.queryRunner) Object.assign(this.manager.queryRunner, { isReleased: true });
  }
}

/**
 * TypeORM has no public way to adopt an open connection. Told that it holds this one and that a transaction is open on
 * it, its query runner neither takes another connection nor begins a transaction of its own.
 */
function bindEntities(dataSource: DataSource, { client }: Connection): EntityManager {
  const runner = dataSource.createQueryRunner('master');
  Object.assign(runner, { databaseConnection: client, isTransactionActive: true, transactionDepth: 1 });
  return runner.manager;
}
