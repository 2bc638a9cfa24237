import readXlsxFile from 'read-excel-file/node';
import type { CsvDocument } from '../csv-document';
import { ImportTable } from '../import-table';
import { UnreadableImport } from '../unreadable-import';
import { checkSheets } from './check-sheets';
import { storedArchive } from './stored-archive';
import { unpackArchive } from './unpack-archive';

const zipMagic = Buffer.from('PK\x03\x04', 'latin1');

export function isWorkbook(bytes: Buffer): boolean {
  return bytes.subarray(0, zipMagic.length).equals(zipMagic);
}

/**
 * The first sheet of an XLSX workbook that has anything in it, as the table that it is. A formula is its last result.
 *
 * @throws UnreadableImport for another archive, a damaged one, or one that is too large once it is unpacked
 */
export async function readWorkbook(bytes: Buffer): Promise<CsvDocument> {
  const parts = await unpackArchive(bytes);
  if (!parts.has('xl/workbook.xml')) throw new UnreadableImport('The file is a ZIP archive, but no XLSX workbook.');
  checkSheets(parts);
  const sheets = await readXlsxFile(storedArchive(parts), { trim: false }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message.slice(0, 200).toWellFormed() : '';
    throw new UnreadableImport(`The workbook cannot be read: ${why}. Save it again, as XLSX or CSV.`);
  });
  const table = new ImportTable();
  const rows = sheets.find(({ data }) => data.length > 0)?.data ?? [];
  const records = rows.flatMap((row, index) => table.add(row.map(textOf), index + 1) ?? []);
  if (table.columns.length === 0) throw new UnreadableImport('The workbook is empty.');
  return { kind: 'csv', columns: table.columns, records };
}

function textOf(value: unknown): string {
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? '' : value.toISOString().replace(/T00:00:00.*$/, '');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
