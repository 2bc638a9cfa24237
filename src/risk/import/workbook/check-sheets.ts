import { MAX_FIELDS, MAX_IMPORT_ROWS, MAX_WORKBOOK_CELLS } from '../import-limits';
import { UnreadableImport } from '../unreadable-import';

/** A tag of a row, a cell or a shared text with its attributes, quoted ones in one piece: `>` may be inside of them. */
const tag = /<(?:[^\s<>:/"']+:)?(row|c|si)(?=[\s/>])((?:[^<>"']+|"[^"<]*"|'[^'<]*'){0,500})(>?)/g;
/** The attribute `r` among others. */
const reference = /(?:^|["'\s])r\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/;
const cellReference = /^([A-Za-z]{1,3})(\d{1,7})$/;
const rowReference = /^\d{1,7}$/;

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
    checkExtent(xml);
  }
}

/** A row or cell that does not say where it is follows the one before. */
function checkExtent(xml: string): void {
  let [row, column, rows, columns, count] = [0, 0, 0, 0, 0];
  for (const [, name, attributes = '', end] of xml.matchAll(tag)) {
    count += 1;
    if (end === '') throw new UnreadableImport('The workbook is damaged: a tag in it never ends.');
    if (name === 'row') {
      row = rowNumber(referenceIn(attributes)) ?? row + 1;
      column = 0;
    } else if (name === 'c') {
      const place = placeOf(referenceIn(attributes));
      row = place?.row ?? row;
      column = place?.column ?? column + 1;
    }
    rows = Math.max(rows, row);
    columns = Math.max(columns, column);
    if (columns > MAX_FIELDS) throw new UnreadableImport(`The workbook has more than ${MAX_FIELDS} columns.`);
    if (rows > MAX_IMPORT_ROWS + 1) throw new UnreadableImport(`The workbook has more than ${MAX_IMPORT_ROWS} rows.`);
    if (Math.max(count, rows * columns) > MAX_WORKBOOK_CELLS) {
      const message = `The workbook has more than ${MAX_WORKBOOK_CELLS} cells. Split it, or save it as CSV.`;
      throw new UnreadableImport(message);
    }
  }
}

function referenceIn(attributes: string): string | undefined {
  const found = reference.exec(attributes);
  return found?.[1] ?? found?.[2];
}

function rowNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!rowReference.test(text)) throw unknownPlace(text);
  return Number(text);
}

function placeOf(text: string | undefined): { row: number; column: number } | undefined {
  if (text === undefined) return undefined;
  const [, letters, number] = cellReference.exec(text) ?? [];
  if (letters === undefined || number === undefined) throw unknownPlace(text);
  return { row: Number(number), column: columnNumber(letters) };
}

/** Also one that is spelt with character references, which a reader would resolve. */
function unknownPlace(text: string): UnreadableImport {
  return new UnreadableImport(`The workbook has a cell at ${JSON.stringify(text.slice(0, 20))}, which is no place.`);
}

/** A is 1, Z is 26, AA is 27. */
function columnNumber(letters: string): number {
  return [...letters.toUpperCase()].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0);
}
