import { MAX_FIELDS, MAX_IMPORT_ROWS, MAX_WORKBOOK_CELLS } from '../import-limits';
import { UnreadableImport } from '../unreadable-import';

const cell = /<(?:\w+:)?c\b[^>]*?\sr\s*=\s*["']([A-Za-z]{1,10})(\d{1,10})["']/g;
const row = /<(?:\w+:)?row\b[^>]*?\sr\s*=\s*["'](\d{1,10})["']/g;
const opened = /<(?:\w+:)?(?:c|row|si)\b/g;

/**
 * Refuses what a few bytes can blow up when it becomes a table: cells in far corners, countless cells or texts,
 * definitions of entities.
 *
 * @throws UnreadableImport
 */
export function checkSheets(parts: ReadonlyMap<string, Buffer>): void {
  for (const [path, content] of parts) {
    const xml = content.toString('latin1');
    if (xml.includes('<!DOCTYPE') || xml.includes('<!ENTITY')) throw new UnreadableImport(`${path} defines entities.`);
    if (countOf(xml, opened) > MAX_WORKBOOK_CELLS) throw tooMany();
    if (/worksheets\//i.test(path)) checkCorners(xml);
  }
}

function checkCorners(xml: string): void {
  let [columns, rows] = [0, 0];
  for (const [, letters = '', number = ''] of xml.matchAll(cell)) {
    columns = Math.max(columns, columnNumber(letters));
    rows = Math.max(rows, Number(number));
  }
  for (const [, number = ''] of xml.matchAll(row)) rows = Math.max(rows, Number(number));
  if (columns > MAX_FIELDS) throw new UnreadableImport(`The workbook has more than ${MAX_FIELDS} columns.`);
  if (rows > MAX_IMPORT_ROWS + 1) throw new UnreadableImport(`The workbook has more than ${MAX_IMPORT_ROWS} rows.`);
  if (rows * columns > MAX_WORKBOOK_CELLS) throw tooMany();
}

function tooMany(): UnreadableImport {
  return new UnreadableImport(`The workbook has more than ${MAX_WORKBOOK_CELLS} cells. Split it, or save it as CSV.`);
}

function countOf(xml: string, pattern: RegExp): number {
  let count = 0;
  for (const _ of xml.matchAll(pattern)) if ((count += 1) > MAX_WORKBOOK_CELLS) break;
  return count;
}

/** A is 1, Z is 26, AA is 27. */
function columnNumber(letters: string): number {
  return [...letters.toUpperCase()].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0);
}
