import { guarded } from '../../../audit/csv-line';
import { sheetRow, SHEET_BEGIN, SHEET_END, xmlText } from './sheet-xml';
import { zipArchive } from './zip-archive';

type Row = readonly (string | number | null)[];

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/**
 * An XLSX workbook of one sheet, written row by row: it is nowhere whole, neither its rows nor its bytes.
 *
 * @param rows some at a time, the header first
 */
export function workbook(sheetName: string, rows: AsyncIterable<readonly Row[]>): AsyncGenerator<Buffer> {
  return zipArchive([
    [
      '[Content_Types].xml',
      [
        `${XML}<Types xmlns="${PACKAGE}/content-types">`,
        `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`,
        `<Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/>`,
        `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPES}.worksheet+xml"/></Types>`,
      ],
    ],
    ['_rels/.rels', [relationship('officeDocument', 'xl/workbook.xml')]],
    [
      'xl/workbook.xml',
      [
        `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}/relationships"><sheets>`,
        `<sheet name="${xmlText(sheetName)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      ],
    ],
    ['xl/_rels/workbook.xml.rels', [relationship('worksheet', 'worksheets/sheet1.xml')]],
    ['xl/worksheets/sheet1.xml', sheet(rows)],
  ]);
}

function relationship(kind: string, target: string): string {
  const link = `<Relationship Id="rId1" Type="${OFFICE}/relationships/${kind}" Target="${target}"/>`;
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${link}</Relationships>`;
}

async function* sheet(rows: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  yield SHEET_BEGIN;
  let number = 0;
  for await (const some of rows) {
    // Guarded although no cell is run here: saved as CSV it would be.
    const harmless = some.map((row) => row.map((cell) => (typeof cell === 'string' ? guarded(cell) : cell)));
    yield harmless.map((row) => sheetRow(++number, row)).join('');
  }
  yield SHEET_END;
}
