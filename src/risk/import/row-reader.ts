import type { FieldProblem } from '../../errors/domain-error';
import { textProblem } from '../../http/text-safety';
import { cut } from './fit-text';
import { readDate, type SlashOrder } from './import-date';
import { MAX_LIST_ITEMS } from './import-limits';
import type { ImportRow, RiskCandidate } from './import-row';
import type { SourceRecord } from './source-record';

const longestNameShown = 100;
const mostNamesShown = 100;
const mostProblemsOfOneRow = 50;
const numberShape = /^[+-]?(\d{1,15}(\.\d{0,20})?|\.\d{1,20})(e[+-]?\d{1,3})?$/i;
const notANumber = new Set(['n/a', 'na', 'nan', 'none', 'null', '-', '--']);
const flags = new Map([
  ...['true', 't', 'yes', 'y', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', 'n', '0'].map((word) => [word, false] as const),
]);

/** Reads typed values out of one record and collects what is wrong with it; a blank value counts as absent. */
export class RowReader {
  readonly problems: FieldProblem[] = [];
  readonly notices: FieldProblem[] = [];

  constructor(private readonly record: SourceRecord) {}

  names(): string[] {
    return [...this.record.fields.keys()];
  }

  /** The value as the file has it, or undefined when it is absent, null or blank. */
  raw(name: string): unknown {
    const value = this.record.fields.get(name);
    if (value === null || (typeof value === 'string' && value.trim() === '')) return undefined;
    return value;
  }

  text(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string') {
      this.refuse(name, 'type', 'must be a text');
      return undefined;
    }
    const unsafe = textProblem(value);
    if (unsafe === undefined) return value.trim();
    this.refuse(name, 'unsafe-text', unsafe);
    return undefined;
  }

  requiredText(name: string): string | undefined {
    if (this.raw(name) === undefined) this.refuse(name, 'required', 'is required');
    return this.text(name);
  }

  number(name: string, min: number, max: number): number | undefined {
    const value = this.raw(name);
    if (value === undefined || (typeof value === 'string' && notANumber.has(value.trim().toLowerCase()))) {
      return undefined;
    }
    const number = typeof value === 'string' && numberShape.test(value.trim()) ? Number(value) : value;
    if (typeof number === 'number' && number >= min && number <= max) return number;
    this.refuse(name, 'number-range', `must be a number from ${min} to ${max}`);
    return undefined;
  }

  integer(name: string, min: number, max: number): number | undefined {
    const number = this.number(name, min, max);
    if (number === undefined || Number.isInteger(number)) return number;
    this.refuse(name, 'integer', `must be a whole number from ${min} to ${max}`);
    return undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'boolean') return value;
    const known = flags.get(
      typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase().trim() : '',
    );
    if (known === undefined) this.refuse(name, 'flag', 'must be true or false');
    return known;
  }

  date(name: string, slashOrder: SlashOrder): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const read = readDate(text, slashOrder);
    if ('date' in read) return read.date;
    this.refuse(name, 'date', read.problem);
    return undefined;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name)?.toUpperCase();
    if (text === undefined) return undefined;
    const choice = choices.find((each) => each === text);
    if (choice === undefined) this.refuse(name, 'choice', `must be one of ${choices.join(', ')}`);
    return choice;
  }

  /** A JSON list of texts, or one text that is split at the separator. */
  list(name: string, separator: RegExp): string[] {
    const raw = this.raw(name);
    const value: unknown[] = Array.isArray(raw) ? raw : (this.text(name)?.split(separator, MAX_LIST_ITEMS + 1) ?? []);
    if (value.length > MAX_LIST_ITEMS) {
      this.refuse(name, 'max-items', `must have at most ${MAX_LIST_ITEMS} items`);
      return [];
    }
    const texts = value.map((item) => (typeof item === 'number' ? String(item) : item));
    const unsafe = texts.map((text) => (typeof text === 'string' ? textProblem(text) : 'must be a list of texts'));
    const problem = unsafe.find((each) => each !== undefined);
    if (problem) {
      this.refuse(name, 'list', problem);
      return [];
    }
    return texts.flatMap((text) => (typeof text === 'string' && text.trim() !== '' ? [text.trim()] : []));
  }

  /** A field that is read twice is refused once, and a row of nothing but problems shows the first of them. */
  refuse(name: string, code: string, message: string): void {
    if (this.problems.length === mostProblemsOfOneRow) return;
    const pointer = pointerTo(name);
    const known = this.problems.some((problem) => problem.pointer === pointer && problem.code === code);
    if (!known) this.problems.push({ pointer, code, message });
  }

  note(name: string, code: string, message: string): void {
    this.notices.push({ pointer: pointerTo(name), code, message });
  }
}

/** Reads one record; a candidate comes out only when nothing was wrong. */
export function readRow(record: SourceRecord, read: (fields: RowReader) => RiskCandidate | undefined): ImportRow {
  const place = { row: record.row, ...(record.line === undefined ? {} : { line: record.line }) };
  if (record.problem) return { ...place, problems: [record.problem], notices: [] };
  const fields = new RowReader(record);
  const candidate = read(fields);
  const { problems, notices } = fields;
  return { ...place, ...(candidate && problems.length === 0 ? { candidate } : {}), problems, notices };
}

/** Names of the records' fields that nobody reads: told to the user, so that nothing is dropped in silence. */
export function unreadNames(records: readonly SourceRecord[], known: (name: string) => boolean): string[] {
  const unread = new Set<string>();
  for (const record of records) for (const name of record.fields.keys()) if (!known(name)) unread.add(shownName(name));
  return [...unread].slice(0, mostNamesShown);
}

/** The same of a table, all of whose records have its columns; `known` is asked about the name that a column stands for. */
export function unreadColumns(
  columns: readonly string[],
  nameOf: (column: string) => string | undefined,
  known: (name: string) => boolean,
): string[] {
  const names = columns.filter((column) => column !== '').map((column) => nameOf(column) ?? column);
  return [...new Set(names.filter((name) => !known(name)).map(shownName))].slice(0, mostNamesShown);
}

function shownName(name: string): string {
  return cut(name.toWellFormed(), longestNameShown);
}

function pointerTo(name: string): string {
  return `/${shownName(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
