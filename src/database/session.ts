import type { EntityManager } from 'typeorm';

/** For whom Postgres answers: row level security shows the rows of this tenant, and this user's memberships. */
export interface SessionScope {
  readonly tenantId?: string;
  readonly userId?: string;
}

/** One flight of statements over one snapshot. */
export interface ReadSession {
  /** @throws Error (a programming error) when the scope has no tenant. */
  readonly tenantId: string;
  /**
   * @param sql one statement; values only as `$1`, lists as `= ANY($1)`
   * @returns plain rows; numeric and int8 as numbers, timestamptz as Date, date as `YYYY-MM-DD`
   */
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

export interface Transaction extends ReadSession {
  /** TypeORM's manager, bound to this transaction; unusable after it. */
  readonly entities: EntityManager;
}
