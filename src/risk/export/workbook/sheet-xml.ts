/** Most that Excel takes in one cell. */
export const MOST_CELL_CHARACTERS = 32_767;

/** What XML 1.0 cannot hold, or would change (a CR), and what a reader would take for such an escape. */
const ESCAPED = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)/g;
const MARKUP = /[&<>]/g;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export const SHEET_BEGIN =
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' +
  '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0">' +
  // The header stays in sight.
  '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>';
export const SHEET_END = '</sheetData></worksheet>';

/**
 * One row of a sheet. Texts are texts: nothing in them is run, or read as a number or date.
 *
 * @param number from 1
 */
export function sheetRow(number: number, cells: readonly (string | number | null)[]): string {
  const written = cells.map((cell, index) => {
    const place = `${columnName(index)}${number}`;
    if (cell === null || cell === '') return '';
    if (typeof cell === 'number') return `<c r="${place}"><v>${cell}</v></c>`;
    return `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${xmlText(cell)}</t></is></c>`;
  });
  return `<row r="${number}">${written.join('')}</row>`;
}

/** As ECMA-376 has it (22.9.2.19): `_x000D_` is a CR, and `_x005F_` the underscore of a text that looks like one. */
export function xmlText(text: string): string {
  return text
    .replaceAll(ESCAPED, (character) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replaceAll(MARKUP, (character) => ENTITIES[character] ?? character);
}

/** 0 is A, 25 is Z, 26 is AA. */
function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter;
}
