import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy, ValidateIf } from 'class-validator';

export type FlatValue = string | number | boolean;
/** As a change: null removes a name. */
export type FlatChanges = Readonly<Record<string, FlatValue | null>>;

interface FlatObjectOptions {
  readonly about: string;
  readonly example: Readonly<Record<string, FlatValue>>;
  readonly maxNames: number;
  /** In characters, of a text in it. */
  readonly maxText: number;
  readonly optional?: boolean;
}

const namePattern = /^[A-Za-z][\w.-]{0,63}$/;

/** An object of the tenant's own names with texts, numbers and flags. */
export function FlatObject({ about, example, optional = false, ...limits }: FlatObjectOptions): PropertyDecorator {
  const { maxNames, maxText } = limits;
  return applyDecorators(
    ApiProperty({
      type: 'object',
      selfRequired: !optional,
      description: about,
      maxProperties: maxNames,
      additionalProperties: {
        oneOf: [
          { type: 'string', maxLength: maxText },
          { type: 'number' },
          { type: 'boolean' },
          ...(optional ? [{ type: 'null' }] : []),
        ],
      },
      example,
    }),
    ...(optional ? [ValidateIf((_, value) => value !== undefined)] : []),
    ValidateBy({
      name: 'flatObject',
      validator: {
        validate: (value) => isFlatObject(value, limits),
        defaultMessage: () =>
          `must be an object of at most ${maxNames} names (a letter, then letters, digits, . _ -) with ` +
          `texts up to ${maxText} characters, numbers, true, false or null`,
      },
    }),
  );
}

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

export function isFlatEntry(name: string, value: unknown, { maxText }: Pick<FlatObjectOptions, 'maxText'>): boolean {
  if (!namePattern.test(name)) return false;
  if (typeof value === 'string') return value.length <= maxText;
  return value === null || typeof value === 'boolean' || Number.isFinite(value);
}

function isFlatObject(value: unknown, limits: Pick<FlatObjectOptions, 'maxNames' | 'maxText'>): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= limits.maxNames && entries.every(([name, item]) => isFlatEntry(name, item, limits));
}
