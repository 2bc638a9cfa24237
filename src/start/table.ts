export type Cell = string | number;

/** Columns as wide as their widest cell: numbers to the right, the rest to the left; the first row is the heading. */
export function tableText(rows: readonly (readonly Cell[])[]): string {
  const [heading = [], ...body] = rows;
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? '').length)));
  const isNumeric = heading.map((_, column) => body.some((row) => typeof row[column] === 'number'));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        isNumeric[column] ? String(cell).padStart(widths[column] ?? 0) : String(cell).padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
