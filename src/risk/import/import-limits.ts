/** Largest file that is taken: it is held in memory, and parsed, as a whole. */
export const MAX_IMPORT_BYTES = 32 * 1024 * 1024;

/** Most data rows (or list items) of one file. */
export const MAX_IMPORT_ROWS = 100_000;

/** Longest CSV record, in characters: a forgotten quote would otherwise swallow the rest of the file. */
export const MAX_CSV_RECORD_LENGTH = 1_000_000;

/** Most columns of a CSV file, and most fields of one JSON item. */
export const MAX_FIELDS = 500;

/** Most items of one list inside a row. */
export const MAX_LIST_ITEMS = 1000;

/** Most rows with a wrong number of cells before the whole file is refused. */
export const MAX_CSV_RAGGED_ROWS = 1000;

/** Deepest JSON: a risk is flat, and a file of brackets would need many times its size in memory. */
export const MAX_JSON_DEPTH = 20;

/** Most that the parts of a workbook may be once they are unpacked. */
export const MAX_INFLATED_BYTES = 64 * 1024 * 1024;

/** Most parts (sheets, styles, pictures, ...) of a workbook. */
export const MAX_WORKBOOK_PARTS = 1000;

/** Most cells of a sheet, counted as the rectangle around them, and most texts that cells share. */
export const MAX_WORKBOOK_CELLS = 2_000_000;
