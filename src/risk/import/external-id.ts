import { createHash } from 'node:crypto';
import { RISK_LIMITS } from '../risk-terms';
import type { ImportRow } from './import-row';
import { repeatable } from './repeatable';

/** What tools write into an id field when they have none; as an id it would make all their findings one. */
const placeholders = new Set(['n/a', 'na', 'none', 'null', 'unknown', 'undefined', '-', '--', 'requires login']);

/** The source's own id, or undefined when it is missing or a placeholder. An id beyond the limit is hashed. */
export function sourceId(id: string | undefined): string | undefined {
  if (id === undefined || placeholders.has(id.toLowerCase())) return undefined;
  return id.length <= RISK_LIMITS.externalId ? id : hashId([id]);
}

/** An id for what has none: equal parts give the equal id, in every export. */
export function hashId(parts: readonly (string | undefined)[]): string {
  return `sha256-${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}

/** The first row with an id keeps its candidate; a later one is a problem that names the first. */
export function refuseRepeatedIds(rows: Iterable<ImportRow>, idField: string): Iterable<ImportRow> {
  return repeatable(function* () {
    const firstRowOf = new Map<string, number>();
    for (const row of rows) {
      const first = row.candidate && firstRowOf.get(row.candidate.externalId);
      if (row.candidate && first === undefined) firstRowOf.set(row.candidate.externalId, row.row);
      yield first === undefined ? row : withoutCandidate(row, idField, first);
    }
  });
}

export function withoutCandidate({ candidate: _, ...row }: ImportRow, idField: string, firstRow: number): ImportRow {
  const problem = {
    pointer: `/${idField}`,
    code: 'repeated',
    message: `is the same as in row ${firstRow}; one risk can be imported only once`,
  };
  return { ...row, problems: [...row.problems, problem] };
}
