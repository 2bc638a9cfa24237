import type { Batches } from './batches';
import type { ExportFormat } from './export.dto';
import { oscalPoam } from './formats/oscal-poam';
import { registerCsv } from './formats/register-csv';
import { registerJson } from './formats/register-json';
import { registerXlsx } from './formats/register-xlsx';

/** How one kind of file is made and sent. */
interface ExportFile {
  /** Media type. */
  readonly type: string;
  /** Of the file's name. */
  readonly suffix: string;
  /** Text in UTF-8, or bytes. */
  readonly bytesOf: (batches: Batches) => AsyncIterable<string | Buffer>;
}

export const EXPORT_FILES: Readonly<Record<ExportFormat, ExportFile>> = {
  csv: { type: 'text/csv; charset=utf-8; header=present', suffix: '.csv', bytesOf: registerCsv },
  xlsx: {
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    suffix: '.xlsx',
    bytesOf: registerXlsx,
  },
  json: { type: 'application/json; charset=utf-8', suffix: '.json', bytesOf: registerJson },
  oscal: { type: 'application/json; charset=utf-8', suffix: '.oscal.json', bytesOf: oscalPoam },
};
