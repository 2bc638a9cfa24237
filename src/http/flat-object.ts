export type FlatValue = string | number | boolean;
/** As a change: null removes a name. */
export type FlatChanges = Readonly<Record<string, FlatValue | null>>;

export interface FlatObjectLimits {
  readonly maxNames: number;
  /** In characters, of a text in it. */
  readonly maxText: number;
}

const namePattern = /^[A-Za-z][\w.-]{0,63}$/;

/** @returns the object with the changes in it; null removed the name, or was nothing to begin with */
export function withChanges(
  object: Readonly<Record<string, FlatValue>>,
  changes: FlatChanges,
): Record<string, FlatValue> {
  const kept = Object.entries({ ...object, ...changes }).filter(
    (entry): entry is [string, FlatValue] => entry[1] !== null,
  );
  return Object.fromEntries(kept);
}

export function isFlatEntry(name: string, value: unknown, { maxText }: Pick<FlatObjectLimits, 'maxText'>): boolean {
  if (!namePattern.test(name)) return false;
  if (typeof value === 'string') return value.length <= maxText;
  return value === null || typeof value === 'boolean' || Number.isFinite(value);
}

export function isFlatObject(value: unknown, limits: FlatObjectLimits): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= limits.maxNames && entries.every(([name, item]) => isFlatEntry(name, item, limits));
}
