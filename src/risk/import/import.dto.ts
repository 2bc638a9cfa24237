import { AnyJson, Choice, Flag, Integer, Nested, NestedList, Text, TextList, Uuid } from '../../http/fields.decorator';
import { QueryFlag } from '../../http/query-fields.decorator';
import type { ImportFormatId } from './formats/file-format';
import { IMPORT_FORMATS } from './import-format';
import { MAX_IMPORT_ROWS } from './import-limits';
import { IMPORT_MODES, ROW_OUTCOMES, type ImportMode, type RowOutcome } from './import-plan';

const formatIds = IMPORT_FORMATS.map(({ id }) => id);
const rowCount = { min: 0, max: MAX_IMPORT_ROWS };

/** Longest list of rows in an answer; what is beyond is counted. */
export const MAX_ROWS_SHOWN = 1000;

export class ImportQuery {
  @Choice(IMPORT_MODES, {
    optional: true,
    about: 'For risks that were imported before: change them, refuse the row, or leave them.',
    example: 'upsert',
  })
  mode: ImportMode = 'upsert';

  @QueryFlag({ about: 'Tell what would change, field by field, and change nothing.', example: true })
  dryRun: boolean = false;

  @Choice(formatIds, { optional: true, about: 'Instead of finding it out from the file.' })
  format?: ImportFormatId;

  @Text({ min: 1, max: 255, optional: true, about: 'A hint; the content decides wherever it can.' })
  fileName?: string;
}

class ImportCounts {
  @Integer({ ...rowCount, about: 'All data rows of the file: the sum of the others.', example: 1 })
  rows!: number;

  @Integer({ ...rowCount, example: 1 })
  created!: number;

  @Integer({ ...rowCount, example: 0 })
  updated!: number;

  @Integer({ ...rowCount, example: 0 })
  unchanged!: number;

  @Integer({ ...rowCount, about: 'Left alone, for the reason in their row.', example: 0 })
  skipped!: number;

  @Integer({ ...rowCount, about: 'Left out, for the reason in their row.', example: 0 })
  failed!: number;
}

class ImportRemark {
  @Text({
    max: 500,
    about: 'JSON pointer to the field as the file spells it; empty for the whole row.',
    example: '/impact',
  })
  pointer!: string;

  @Text({ max: 100, example: 'integer' })
  code!: string;

  @Text({ max: 500, example: 'must be a whole number from 1 to 5' })
  message!: string;
}

class ImportedChange {
  @Text({ max: 100, example: 'impact' })
  field!: string;

  @AnyJson({ about: 'As it is stored.', example: 3 })
  before!: unknown;

  @AnyJson({ about: 'As the file has it.', example: 5 })
  after!: unknown;
}

export class ImportedRow {
  @Integer({ min: 1, max: 10_000_000, about: 'From 1; the header of a CSV does not count.', example: 1 })
  row!: number;

  @Integer({ min: 1, max: 100_000_000, optional: true, about: 'Line of a CSV on which the row ends.', example: 2 })
  line?: number;

  @Choice(ROW_OUTCOMES, { example: 'created' })
  outcome!: RowOutcome;

  @Text({ max: 255, nullable: true, example: 'CVE-2024-3094' })
  externalId!: string | null;

  @Uuid({ nullable: true, about: 'Of the risk; null in a dry run that would create it, and where there is none.' })
  riskId!: string | null;

  @NestedList(() => ImportedChange, { maxItems: 30, optional: true, about: 'Of an updated row in a dry run.' })
  changes?: ImportedChange[];

  @NestedList(() => ImportRemark, { maxItems: 100, about: 'Why the row failed or was skipped.' })
  problems!: readonly ImportRemark[];

  @NestedList(() => ImportRemark, { maxItems: 100, about: 'What was decided where the file left a choice.' })
  notices!: readonly ImportRemark[];
}

export class ImportResponse {
  @Choice(formatIds, { example: 'register-csv' })
  format!: ImportFormatId;

  @Flag({ example: true })
  dryRun!: boolean;

  @Choice(IMPORT_MODES, { example: 'upsert' })
  mode!: ImportMode;

  @Nested(() => ImportCounts)
  counts!: ImportCounts;

  @TextList({ maxItems: 100, max: 200, about: 'Columns or fields that nothing was made of.', example: [] })
  unreadFields!: readonly string[];

  @NestedList(() => ImportedRow, {
    maxItems: MAX_ROWS_SHOWN,
    about: 'Of the rows that are not unchanged the first; where that is not all, those that failed rather than others.',
  })
  rows!: ImportedRow[];

  @Integer({ ...rowCount, about: 'How many more rows are not unchanged.', example: 0 })
  rowsNotShown!: number;
}
