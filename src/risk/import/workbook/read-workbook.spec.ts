import { deflateRawSync } from 'node:zlib';
import writeXlsxFile from 'write-excel-file/node';
import { MAX_FIELDS, MAX_INFLATED_BYTES } from '../import-limits';
import { readImport } from '../read-import';
import { UnreadableImport } from '../unreadable-import';
import { storedArchive } from './stored-archive';

type Cell = string | number | Date | null;

const header = ['title', 'probability', 'impact', 'dueDate', 'description'];
const workbook = async (...rows: readonly Cell[][]): Promise<Buffer> =>
  writeXlsxFile(
    [header, ...rows].map((row) =>
      row.map((value) => {
        if (value instanceof Date) return { value, type: Date, format: 'yyyy-mm-dd' };
        return value === null ? null : { value };
      }),
    ),
  ).toBuffer();

const sheet = (rows: string): string => `<worksheet><sheetData>${rows}</sheetData></worksheet>`;
const parts = (sheet1: string): Map<string, Buffer> =>
  new Map(
    Object.entries({
      'xl/workbook.xml': `<workbook xmlns:r="r"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      'xl/worksheets/sheet1.xml': sheet1,
    }).map(([path, xml]) => [path, Buffer.from(xml)]),
  );

/** One part, deflated, whose headers say that it is small. */
function bomb(bytes: number): Buffer {
  const packed = deflateRawSync(Buffer.alloc(bytes, 0x20), { level: 9 });
  const archive = storedArchive(new Map([['xl/workbook.xml', packed]]));
  archive.writeUInt16LE(8, archive.indexOf('PK\x01\x02', 'latin1') + 10);
  return archive;
}

describe('a workbook', () => {
  it('is read as its cells say: texts, numbers, dates; a text that looks like a formula stays text', async () => {
    const file = await workbook(
      ['Fire', 2, 5, new Date('2030-01-31T00:00:00Z'), 'two\nlines'],
      ['=1+1', 1, 1, null, ' "q", 日本 😀 '],
    );
    const { format, rows } = await readImport(file);
    expect(format.id).toBe('register-csv');
    expect(rows.map(({ row, line, candidate }) => ({ row, line, ...candidate }))).toEqual([
      expect.objectContaining({ row: 1, line: 2, title: 'Fire', probability: 2, impact: 5, dueDate: '2030-01-31' }),
      expect.objectContaining({ title: '=1+1', description: '"q", 日本 😀' }),
    ]);
    expect(rows[0]?.candidate?.description).toBe('two\nlines');
  });

  it('has problems by row', async () => {
    const { rows } = await readImport(await workbook(['Fire', 2, 5, null, null], ['Flood', 9, 5, null, null]));
    expect(rows[1]).toMatchObject({ row: 2, line: 3, problems: [{ pointer: '/probability', code: 'number-range' }] });
  });

  it.each([
    [
      'a part that unpacks to more than the limit, whatever it says',
      () => bomb(MAX_INFLATED_BYTES + 1),
      /larger than 64/,
    ],
    [
      'a cell in the far corner',
      () => storedArchive(parts(sheet('<row r="1"><c r="XFD1"/></row>'))),
      `${MAX_FIELDS} columns`,
    ],
    [
      'a row at the far end',
      () => storedArchive(parts(sheet('<row r="1048576"><c r="A1048576"/></row>'))),
      '100000 rows',
    ],
    ['a huge rectangle', () => storedArchive(parts(sheet('<row><c r="SA9"/><c r="A99999"/></row>'))), '2000000 cells'],
    [
      'a far corner behind a bracket',
      () => storedArchive(parts(sheet('<row><c x=">" r="XFD1"/></row>'))),
      '500 columns',
    ],
    ['a place in disguise', () => storedArchive(parts(sheet('<row><c r="&#88;FD1"/></row>'))), 'which is no place'],
    ['cells without a place', () => storedArchive(parts(sheet(`<row>${'<c/>'.repeat(501)}</row>`))), '500 columns'],
    ['tags that never end', () => storedArchive(parts('<c '.repeat(1000))), 'never ends'],
    ['a tag of countless attributes', () => storedArchive(parts(`<c ${'a="" '.repeat(1_000_000)}>`)), 'never ends'],
    ['entities', () => storedArchive(parts('<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>')), 'entities'],
    [
      'an archive of something else',
      () => storedArchive(new Map([['a.xml', Buffer.from('<a/>')]])),
      'no XLSX workbook',
    ],
    ['nothing in it', () => storedArchive(parts(sheet(''))), 'is empty'],
    ['no archive', () => Buffer.from('PK\x03\x04...'), 'its end is missing'],
  ])('is refused for %s', async (_, file, message) => {
    const reading = readImport(file());
    await expect(reading).rejects.toThrow(UnreadableImport);
    await expect(reading).rejects.toThrow(message);
  });

  it('is refused, never half read, wherever it is cut or changed', async () => {
    const whole = await workbook(['Fire', 2, 5, null, null]);
    for (let at = 5; at < whole.length; at += Math.ceil(whole.length / 60)) {
      await expect(readImport(whole.subarray(0, at))).rejects.toThrow(UnreadableImport);
      const changed = Buffer.from(whole);
      changed.writeUInt8((changed[at] ?? 0) ^ 0xff, at);
      await readImport(changed).catch((error: unknown) => expect(error).toBeInstanceOf(UnreadableImport));
    }
  });
});
