import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { CANONICAL_UUID } from './canonical-uuid';
import { AtLeast, AtMost, IsDay, IsMoment, SafeText } from './field-rules.decorator';

/** What every field of a request or a response says about itself. */
export interface FieldOptions {
  readonly about?: string;
  readonly example?: unknown;
  /** May be left out. */
  readonly optional?: boolean;
  /** May be null: as an answer "there is none", in a PATCH "clear it". */
  readonly nullable?: boolean;
}

interface TextOptions extends FieldOptions {
  readonly min?: number;
  readonly max: number;
  readonly pattern?: RegExp;
  readonly format?: string;
}

export interface RangeOptions extends FieldOptions {
  readonly min: number;
  readonly max: number;
}

export interface ListOptions extends FieldOptions {
  readonly maxItems: number;
}

function field(options: FieldOptions, schema: ApiPropertyOptions, ...rules: PropertyDecorator[]): PropertyDecorator {
  const { about, example, optional = false, nullable = false } = options;
  return applyDecorators(
    ApiProperty({
      ...schema,
      required: !optional,
      ...(about === undefined ? {} : { description: about }),
      ...(example === undefined ? {} : { example }),
      ...(nullable ? { nullable: true } : {}),
    } as ApiPropertyOptions),
    ...(optional || nullable
      ? [ValidateIf((_, value) => !((optional && value === undefined) || (nullable && value === null)))]
      : []),
    ...rules,
  );
}

export function Text({ min = 0, max, pattern, format, ...options }: TextOptions): PropertyDecorator {
  return field(
    options,
    {
      type: String,
      minLength: min,
      maxLength: max,
      ...(pattern && { pattern: pattern.source }),
      ...(format && { format }),
    },
    IsString(),
    AtLeast(min),
    AtMost(max),
    ...(pattern ? [Matches(pattern)] : []),
    SafeText({ mayBeBlank: min === 0 }),
  );
}

export function Uuid(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    { type: String, format: 'uuid', maxLength: 36 },
    IsString(),
    Matches(CANONICAL_UUID.pattern, uuidMessage),
  );
}

export function UuidList({ maxItems, ...options }: ListOptions): PropertyDecorator {
  return field(
    options,
    { type: 'array', items: { type: 'string', format: 'uuid', maxLength: 36 }, maxItems, uniqueItems: true },
    IsArray(),
    ArrayMaxSize(maxItems),
    ArrayUnique(),
    IsString({ each: true }),
    Matches(CANONICAL_UUID.pattern, { each: true, ...uuidMessage }),
  );
}

export function TextList({
  minItems = 0,
  maxItems,
  max,
  ...options
}: ListOptions & { minItems?: number; max: number }): PropertyDecorator {
  return field(
    options,
    {
      ...{ type: 'array', items: { type: 'string', minLength: 1, maxLength: max }, maxItems, uniqueItems: true },
      ...(minItems > 0 ? { minItems } : {}),
    },
    IsArray(),
    ArrayMinSize(minItems),
    ArrayMaxSize(maxItems),
    ArrayUnique(),
    IsString({ each: true }),
    Matches(/\S/, { each: true, message: 'each value must not be blank' }),
    AtMost(max, { each: true }),
  );
}

export function Integer({ min, max, ...options }: RangeOptions): PropertyDecorator {
  return field(options, { type: 'integer', minimum: min, maximum: max }, IsInt(), Min(min), Max(max));
}

export function IntegerList({ maxItems, min, max, ...options }: RangeOptions & ListOptions): PropertyDecorator {
  return field(
    options,
    { type: 'array', items: { type: 'integer', minimum: min, maximum: max }, maxItems, uniqueItems: true },
    IsArray(),
    ArrayMaxSize(maxItems),
    ArrayUnique(),
    IsInt({ each: true }),
    Min(min, { each: true }),
    Max(max, { each: true }),
  );
}

export function Decimal({ min, max, ...options }: RangeOptions): PropertyDecorator {
  return field(
    options,
    { type: 'number', minimum: min, maximum: max },
    IsNumber({ allowNaN: false, allowInfinity: false }, { message: 'must be a number' }),
    Min(min),
    Max(max),
  );
}

export function Flag(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: Boolean }, IsBoolean());
}

export function IntegerChoice(choices: readonly number[], options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'integer', enum: [...choices] }, IsIn(choices, choiceMessage(choices)));
}

export function Choice(choices: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: String, enum: [...choices] }, IsIn(choices, choiceMessage(choices)));
}

export function ChoiceList(choices: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    { type: 'array', items: { type: 'string', enum: [...choices] }, maxItems: choices.length, uniqueItems: true },
    IsArray(),
    ArrayMaxSize(choices.length),
    ArrayUnique(),
    IsIn(choices, { each: true, ...choiceMessage(choices) }),
  );
}

/** A calendar day, `YYYY-MM-DD`. */
export function DateOnly(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: String, format: 'date', maxLength: 10 }, IsDay());
}

/** An instant in UTC, ISO 8601. */
export function Instant(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: String, format: 'date-time', maxLength: 35 }, IsMoment());
}

const anyJson = ['string', 'number', 'boolean', 'object', 'null'].map((type) => ({ type }));

/** In answers: whatever JSON there is. */
export function AnyJson(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { oneOf: [...anyJson, { type: 'array', items: {} }] });
}

/** An object of another class of fields. */
export function Nested(type: () => new () => object, options: FieldOptions = {}): PropertyDecorator {
  // Swagger takes a function for a lazy type only when it is called `type`.
  return field(options, { type: () => type() }, IsObject(), ValidateNested(), Type(type));
}

/** A list of objects of another class of fields. */
export function NestedList(
  type: () => new () => object,
  { maxItems, min = 0, ...options }: ListOptions & { min?: number },
): PropertyDecorator {
  return field(
    options,
    { type: () => type(), isArray: true, minItems: min, maxItems },
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(maxItems),
    IsObject({ each: true }),
    ValidateNested({ each: true }),
    Type(type),
  );
}

const uuidMessage = { message: CANONICAL_UUID.message };

function choiceMessage(choices: readonly (string | number)[]): { message: string } {
  return { message: `must be one of ${choices.join(', ')}` };
}
