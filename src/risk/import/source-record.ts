import type { FieldProblem } from '../../errors/domain-error';
import { mapped } from './repeatable';

/** One row of a CSV or one item of a JSON list, before anybody knows what it means. */
export interface SourceRecord {
  /** From 1. */
  readonly row: number;
  /** Line of the file, from 1; CSV only. */
  readonly line?: number;
  readonly fields: ReadonlyMap<string, unknown>;
  /** Set when the record is so broken that its fields mean nothing. */
  readonly problem?: FieldProblem;
}

/** Spelling of a column's name without case, spaces and punctuation: `Due Date`, `due_date` and `dueDate` are one. */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** The same records with their fields renamed; a field without a new name keeps its own. */
export function renameFields(
  records: Iterable<SourceRecord>,
  nameOf: (name: string) => string | undefined,
): Iterable<SourceRecord> {
  const newNames = new Map<string, string>();
  const renamed = (name: string): string => {
    const known = newNames.get(name);
    if (known !== undefined) return known;
    const newName = nameOf(name) ?? name;
    newNames.set(name, newName);
    return newName;
  };
  return mapped(records, (record) => {
    const fields = new Map<string, unknown>();
    for (const [name, value] of record.fields) fields.set(renamed(name), value);
    return { ...record, fields };
  });
}
