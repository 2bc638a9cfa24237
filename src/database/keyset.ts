/** A sort column of a list: its SQL, which must never be NULL, and the type its cursor value is cast to. */
export interface KeysetColumn {
  readonly sql: string;
  readonly type: 'float8' | 'int2' | 'int4' | 'text' | 'timestamptz' | 'date' | 'uuid';
  readonly descending: boolean;
}

export interface Keyset {
  /** `true` without a position, else the rows behind it. */
  readonly where: string;
  readonly orderBy: string;
  /** The row's own cursor values, as a JSON array in the order of the columns. */
  readonly position: string;
}

/**
 * SQL of one page by keyset. The last column must be unique. Backwards pages come in reverse order.
 *
 * @param bind adds a parameter to the statement and returns its placeholder
 */
export function keyset(
  columns: readonly KeysetColumn[],
  after: readonly (string | number)[] | undefined,
  backwards: boolean,
  bind: (value: unknown) => string,
): Keyset {
  const directed = columns.map((column) => ({ ...column, descending: column.descending !== backwards }));
  return {
    where: after ? rowsBehind(directed, after, bind) : 'true',
    orderBy: directed.map(({ sql, descending }) => `${sql} ${descending ? 'DESC' : 'ASC'}`).join(', '),
    position: `jsonb_build_array(${columns.map(({ sql }) => `(${sql})::text`).join(', ')})`,
  };
}

function rowsBehind(
  columns: readonly KeysetColumn[],
  after: readonly (string | number)[],
  bind: (value: unknown) => string,
): string {
  const values = columns.map(({ type }, index) => `${bind(String(after[index]))}::text::${type}`);
  // Same direction throughout: a row comparison, which one index range answers.
  if (columns.every(({ descending }) => descending === columns[0]?.descending)) {
    const operator = columns[0]?.descending ? '<' : '>';
    return `(${columns.map(({ sql }) => sql).join(', ')}) ${operator} (${values.join(', ')})`;
  }
  const alternatives = columns.map(({ sql, descending }, index) => {
    const ties = columns.slice(0, index).map((column, earlier) => `${column.sql} = ${values[earlier]}`);
    return `(${[...ties, `${sql} ${descending ? '<' : '>'} ${values[index]}`].join(' AND ')})`;
  });
  return `(${alternatives.join(' OR ')})`;
}
