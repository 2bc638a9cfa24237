import type { KeysetColumn } from '../database/keyset';
import { parseSort } from '../http/sort';

/** As their indexes have them: without a score a risk is below those that have one. */
export const UNSCORED_LAST = {
  residual: 'coalesce(r.residual_score, -1::float8)',
  target: 'coalesce(r.target_score, -1::float8)',
} as const;

/** Never NULL, and of types whose comparison row level security lets an index answer. A risk without due date is due last. */
const columns = {
  score: { sql: 'r.score', type: 'float8' },
  residualScore: { sql: UNSCORED_LAST.residual, type: 'float8' },
  targetScore: { sql: UNSCORED_LAST.target, type: 'float8' },
  title: { sql: 'r.title', type: 'text' },
  probability: { sql: 'r.probability', type: 'int2' },
  impact: { sql: 'r.impact', type: 'int2' },
  createdAt: { sql: 'r.created_at', type: 'timestamptz' },
  updatedAt: { sql: 'r.updated_at', type: 'timestamptz' },
  dueDate: { sql: `coalesce(r.due_date, 'infinity')`, type: 'date' },
} as const satisfies Record<string, Omit<KeysetColumn, 'descending'>>;

export type SortField = keyof typeof columns;
const sortFields = Object.keys(columns) as SortField[];

/**
 * The columns that `-score,title` sorts by. Ties are broken by the id, in the direction of the last field, so that one
 * index range answers a page of a single field.
 *
 * @throws BadRequest 400 naming the fields that are allowed
 */
export function sortColumns(sort: string): KeysetColumn[] {
  const terms = parseSort(sort, sortFields);
  const descending = terms.at(-1)?.descending ?? false;
  return [
    ...terms.map((term) => ({ ...columns[term.field], descending: term.descending })),
    { sql: 'r.id', type: 'uuid', descending },
  ];
}
