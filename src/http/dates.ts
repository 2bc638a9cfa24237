/** `YYYY-MM-DD`, a day that exists, years 1900 to 9999. */
export function isDateOnly(value: unknown): value is string {
  if (typeof value !== 'string' || !/^(19|[2-9]\d)\d{2}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

/** ISO 8601 with seconds and an offset, an instant that exists, years 1900 to 9999. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const shape = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
  return isDateOnly(shape.exec(value)?.[1]);
}
