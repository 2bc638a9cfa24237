import type { KeysetColumn } from '../../database/keyset';
import { parseSort } from '../../http/sort';

/** Never NULL. What has no due date is due last. */
const columns = {
  createdAt: { sql: 'm.created_at', type: 'timestamptz' },
  updatedAt: { sql: 'm.updated_at', type: 'timestamptz' },
  dueDate: { sql: `coalesce(m.due_date, 'infinity')`, type: 'date' },
  title: { sql: 'm.title', type: 'text' },
  progress: { sql: 'm.progress', type: 'int2' },
  cost: { sql: 'm.cost', type: 'int2' },
  durationDays: { sql: 'm.duration_days', type: 'int4' },
} as const satisfies Record<string, Omit<KeysetColumn, 'descending'>>;

export type MitigationSortField = keyof typeof columns;
const sortFields = Object.keys(columns) as MitigationSortField[];

/** @throws BadRequest 400 naming the fields that are allowed */
export function mitigationSort(sort: string): KeysetColumn[] {
  const terms = parseSort(sort, sortFields);
  const descending = terms.at(-1)?.descending ?? false;
  return [
    ...terms.map((term) => ({ ...columns[term.field], descending: term.descending })),
    { sql: 'm.id', type: 'uuid', descending },
  ];
}
