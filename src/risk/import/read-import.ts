import type { FieldProblem } from '../../errors/domain-error';
import { parseCsv } from './csv-document';
import { decodeText } from './decode-text';
import type { ImportDocument, ImportFormat, ImportFormatId } from './formats/file-format';
import { formatNamed, formatOf, supportedFormats } from './import-format';
import { MAX_IMPORT_BYTES } from './import-limits';
import type { ImportRow } from './import-row';
import { parseJson } from './json-document';
import { UnreadableImport } from './unreadable-import';
import { unsupportedBinary, unsupportedText } from './unsupported-format';
import { isWorkbook, readWorkbook } from './workbook/read-workbook';

/** Hints about the file; the content decides wherever it can. */
export interface ImportOptions {
  readonly format?: ImportFormatId;
  readonly fileName?: string;
  readonly mediaType?: string;
}

/** What is known of a file when it has been opened: its rows are read as they are asked for, anew each time. */
interface OpenedImport {
  readonly format: ImportFormat;
  /** One per data row, in the order of the file. They throw UnreadableImport where the file is damaged. */
  readonly rows: Iterable<ImportRow>;
  /** Columns or fields that nothing was made of. */
  readonly unread: readonly string[];
}

interface ImportedFile extends OpenedImport {
  /** At least one of them has a candidate. */
  readonly rows: readonly ImportRow[];
}

const mostErrorsShown = 20;

/**
 * Reads a file into candidates and row problems. Pure: nothing is stored or looked up.
 *
 * @throws UnreadableImport 422 when nothing of the file can be imported: not text, damaged, of no known format, empty,
 *   over 32 MiB or 100,000 rows, or a problem in every row
 */
export async function readImport(bytes: Buffer, options: ImportOptions = {}): Promise<ImportedFile> {
  return whole(await openImport(bytes, options));
}

/** The same for a file of text, at once. */
export function readText(bytes: Buffer, options: ImportOptions = {}): ImportedFile {
  return whole(openText(bytes, options));
}

/**
 * Finds out what the file is, and reads its rows as they are asked for.
 *
 * @throws UnreadableImport 422 for a file that is none of a known format
 */
export async function openImport(bytes: Buffer, options: ImportOptions): Promise<OpenedImport> {
  if (!isWorkbook(bytes)) return openText(bytes, options);
  checkSize(bytes);
  return opened(await readWorkbook(bytes), options);
}

/**
 * Reads them all once.
 *
 * @returns how many rows there are
 * @throws UnreadableImport 422 when the file is damaged, or no row has a candidate: it is answered at once, with the
 *   reasons, instead of as an import of nothing
 */
export function checkRows(rows: Iterable<ImportRow>): number {
  const errors: FieldProblem[] = [];
  let [count, isFruitless] = [0, true];
  for (const row of rows) {
    count += 1;
    isFruitless &&= !row.candidate;
    if (isFruitless && errors.length < mostErrorsShown) errors.push(...rowErrors(row));
  }
  if (count === 0) throw new UnreadableImport('The file has no data rows: there is nothing to import.');
  if (isFruitless) throw fruitless(count, errors.slice(0, mostErrorsShown));
  return count;
}

function whole({ format, rows, unread }: OpenedImport): ImportedFile {
  const all = [...rows];
  checkRows(all);
  return { format, rows: all, unread };
}

function openText(bytes: Buffer, options: ImportOptions): OpenedImport {
  checkSize(bytes);
  return opened(parseText(bytes, options), options);
}

function checkSize({ length }: Buffer): void {
  if (length === 0) throw new UnreadableImport('The file is empty.');
  if (length > MAX_IMPORT_BYTES) {
    throw new UnreadableImport(`The file is larger than ${MAX_IMPORT_BYTES / 1024 / 1024} MiB. Split it.`);
  }
}

function opened(document: ImportDocument, options: ImportOptions): OpenedImport {
  const format = options.format === undefined ? formatOf(document) : formatNamed(options.format, document);
  return { format, ...format.read(document) };
}

function parseText(bytes: Buffer, options: ImportOptions): ImportDocument {
  const binary = unsupportedBinary(bytes);
  if (binary) throw unsupported(binary);
  const text = decodeText(bytes);
  if (text.trim() === '') throw new UnreadableImport('The file is empty.');
  const markup = unsupportedText(text);
  if (markup) throw unsupported(markup);
  return looksLikeJson(text, options) ? parseJson(text) : parseCsv(text);
}

function unsupported(name: string): UnreadableImport {
  return new UnreadableImport(`The file is ${name}, which cannot be imported. ${supportedFormats()}`);
}

function looksLikeJson(text: string, { format, fileName, mediaType }: ImportOptions): boolean {
  if (/^\s*[[{]/.test(text)) return true;
  const named = format?.endsWith('-json') === true || /\.json$/i.test(fileName ?? '');
  return named || /^application\/([\w.-]+\+)?json\b/i.test(mediaType ?? '');
}

function fruitless(rows: number, errors: readonly FieldProblem[]): UnreadableImport {
  const count = rows === 1 ? 'The only row has a problem' : `All ${rows} rows have problems`;
  const [first] = errors;
  const example = first ? ` First: ${first.pointer} ${first.message}.` : '';
  return new UnreadableImport(`Nothing of the file can be imported. ${count}.${example}`, { errors });
}

function rowErrors({ row, problems }: ImportRow): FieldProblem[] {
  return problems.map(({ pointer, code, message }) => ({ pointer: `/rows/${row}${pointer}`, code, message }));
}
