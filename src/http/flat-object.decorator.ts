import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy, ValidateIf } from 'class-validator';
import { isFlatObject, type FlatObjectLimits, type FlatValue } from './flat-object';

interface FlatObjectOptions extends FlatObjectLimits {
  readonly about: string;
  readonly example: Readonly<Record<string, FlatValue>>;
  readonly optional?: boolean;
}

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
