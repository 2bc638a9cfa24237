import { DatabaseError, type PoolClient, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import { inSpan } from '../tracing/tracer';
import { statementName } from './statement-name';
import { statementSpan } from './statement-span';

/** The protocol counts parameters in 16 bits and wraps silently beyond. */
const MAX_PARAMETERS = 65_535;

/** `cached plan must not change result type` and `prepared statement does not exist`: cured by a new connection. */
const STALE_PREPARED_STATEMENT = new Set(['0A000', '26000']);

/**
 * A connection on loan from the pool. Statements are pipelined: sent as they are issued, answered in order. It goes back
 * clean (idle, its prepared statements as the driver believes them to be) or is closed.
 */
export class Connection {
  private spoiledBy?: Error;
  private returned = false;

  constructor(
    readonly client: PoolClient,
    private readonly giveBack: (error?: Error) => void,
  ) {}

  /** True once the connection can no longer be trusted, e.g. because it broke. */
  get spoiled(): boolean {
    return this.spoiledBy !== undefined;
  }

  /**
   * Sends `BEGIN`, `COMMIT` and the like.
   * @param query_timeout milliseconds after which the connection is given up; else the pool's own
   * @returns the command that Postgres says it carried out
   */
  async control(text: string, query_timeout?: number): Promise<string> {
    const config: QueryConfig & { query_timeout?: number } = { text, query_timeout };
    const { command } = await inSpan(
      () => statementSpan(text),
      () => this.watch(this.client.query(config)),
    );
    return command;
  }

  /** Sends a prepared statement. */
  async query<Row extends QueryResultRow>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    if (parameters.length > MAX_PARAMETERS) {
      throw new Error(`A statement takes at most ${MAX_PARAMETERS} parameters: pass lists as = ANY($1)`);
    }
    const name = statementName(sql);
    const statement = { name, text: sql, values: [...parameters] };
    const { rows } = await inSpan(
      () => statementSpan(sql),
      () => this.watch(this.client.query<Row>(statement)),
    );
    return rows;
  }

  release(): void {
    if (this.returned) return;
    this.returned = true;
    this.giveBack(this.spoiledBy ?? (this.client.getTransactionStatus() === 'I' ? undefined : new Error('not idle')));
  }

  /** Takes the connection away from whoever still uses it, and closes it. */
  cut(): void {
    this.spoiledBy = new Error('Connection terminated by the shutdown');
    this.client.connection.stream.destroy();
    this.release();
  }

  private watch<R extends QueryResultRow>(answer: Promise<QueryResult<R>>): Promise<QueryResult<R>> {
    return answer.catch((error: unknown) => {
      if (spoils(error)) this.spoiledBy = error instanceof Error ? error : new Error(String(error));
      throw error;
    });
  }
}

/** Anything but an ordinary answer of the server leaves driver and server with different ideas of the connection. */
function spoils(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return true;
  return error.severity === 'FATAL' || STALE_PREPARED_STATEMENT.has(error.code ?? '');
}
