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
interface ImportOptions {
  readonly format?: ImportFormatId;
  readonly fileName?: string;
  readonly mediaType?: string;
}

interface ImportedFile {
  readonly format: ImportFormat;
  /** One per data row, in the order of the file; at least one of them has a candidate. */
  readonly rows: readonly ImportRow[];
  /** Columns or fields that nothing was made of. */
  readonly unread: readonly string[];
}

const mostErrorsShown = 20;

/**
 * Reads a file into candidates and row problems. Pure: nothing is stored or looked up.
 *
 * @throws UnreadableImport 422 when nothing of the file can be imported: not text, damaged, of no known format, empty,
 *   over 32 MiB or 100,000 rows, or a problem in every row
 */
export async function readImport(bytes: Buffer, options: ImportOptions = {}): Promise<ImportedFile> {
  if (!isWorkbook(bytes)) return readText(bytes, options);
  checkSize(bytes);
  return read(await readWorkbook(bytes), options);
}

/** The same for a file of text, at once. */
export function readText(bytes: Buffer, options: ImportOptions = {}): ImportedFile {
  checkSize(bytes);
  return read(parseText(bytes, options), options);
}

function checkSize({ length }: Buffer): void {
  if (length === 0) throw new UnreadableImport('The file is empty.');
  if (length > MAX_IMPORT_BYTES) {
    throw new UnreadableImport(`The file is larger than ${MAX_IMPORT_BYTES / 1024 / 1024} MiB. Split it.`);
  }
}

function read(document: ImportDocument, options: ImportOptions): ImportedFile {
  const format = options.format === undefined ? formatOf(document) : formatNamed(options.format, document);
  const { rows, unread } = format.read(document);
  refuseFruitless(rows);
  return { format, rows, unread };
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

/** A file without a single candidate is answered at once, with the reasons, instead of as an import of nothing. */
function refuseFruitless(rows: readonly ImportRow[]): void {
  if (rows.length === 0) throw new UnreadableImport('The file has no data rows: there is nothing to import.');
  if (rows.some(({ candidate }) => candidate)) return;
  const errors = rows.slice(0, mostErrorsShown).flatMap(rowErrors).slice(0, mostErrorsShown);
  const count = rows.length === 1 ? 'The only row has a problem' : `All ${rows.length} rows have problems`;
  const [first] = errors;
  const example = first ? ` First: ${first.pointer} ${first.message}.` : '';
  throw new UnreadableImport(`Nothing of the file can be imported. ${count}.${example}`, { errors });
}

function rowErrors({ row, problems }: ImportRow): FieldProblem[] {
  return problems.map(({ pointer, code, message }) => ({ pointer: `/rows/${row}${pointer}`, code, message }));
}
