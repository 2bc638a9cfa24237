import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
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

interface RangeOptions extends FieldOptions {
  readonly min: number;
  readonly max: number;
}

interface ListOptions extends FieldOptions {
  readonly maxItems: number;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

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
  return field(options, { type: String, format: 'uuid', maxLength: 36 }, IsString(), Matches(uuidPattern, uuidMessage));
}

export function UuidList({ maxItems, ...options }: ListOptions): PropertyDecorator {
  return field(
    options,
    { type: 'array', items: { type: 'string', format: 'uuid', maxLength: 36 }, maxItems, uniqueItems: true },
    IsArray(),
    ArrayMaxSize(maxItems),
    ArrayUnique(),
    IsString({ each: true }),
    Matches(uuidPattern, { each: true, ...uuidMessage }),
  );
}

export function TextList({ maxItems, max, ...options }: ListOptions & { max: number }): PropertyDecorator {
  return field(
    options,
    { type: 'array', items: { type: 'string', minLength: 1, maxLength: max }, maxItems, uniqueItems: true },
    IsArray(),
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

export function Choice(choices: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: String, enum: [...choices] }, IsIn(choices, choiceMessage(choices)));
}

/** A calendar day, `YYYY-MM-DD`. */
export function DateOnly(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: String, format: 'date', maxLength: 10 }, IsDay());
}

/** An instant in UTC, ISO 8601. */
export function Instant(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: String, format: 'date-time', maxLength: 35 }, IsMoment());
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
    ArrayMaxSize(maxItems),
    IsObject({ each: true }),
    ValidateNested({ each: true }),
    Type(type),
  );
}

/** A query parameter that is an integer; text of any other form stays text and is refused. */
export function QueryInteger(options: RangeOptions): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => integerOf(value)),
    Integer({ ...options, optional: options.optional ?? true }),
  );
}

/** A query parameter that is a number with at most two decimals. */
export function QueryDecimal(options: RangeOptions): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^-?\d{1,9}(\.\d{1,2})?$/.test(value) ? Number(value) : value,
    ),
    Decimal({ ...options, optional: options.optional ?? true }),
  );
}

/** A query parameter that is `true` or `false`. */
export function QueryFlag(options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value)),
    Flag({ ...options, optional: options.optional ?? true }),
  );
}

/** A query parameter that takes one or several of the choices: `a,b` or repeated. */
export function QueryChoices(choices: readonly string[], options: FieldOptions): PropertyDecorator {
  return field(
    { ...options, optional: true },
    { type: 'array', items: { type: 'string', enum: [...choices] }, maxItems: choices.length },
    Transform(({ value }: { value: unknown }) => listOf(value)),
    IsArray(),
    ArrayMaxSize(choices.length),
    ArrayUnique(),
    IsIn(choices, { each: true, ...choiceMessage(choices) }),
  );
}

/** A query parameter that takes one or several texts, repeated and never split: a text may hold a comma. */
export function QueryTexts({ maxItems, max, ...options }: ListOptions & { max: number }): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? [value] : value)),
    TextList({ ...options, maxItems, max, optional: true }),
  );
}

/** A query parameter that takes one or several ids: `a,b` or repeated. */
export function QueryUuids(options: ListOptions): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => listOf(value)),
    UuidList({ ...options, optional: true }),
  );
}

/** A query parameter that takes one or several integers: `1,2` or repeated. */
export function QueryIntegers({ maxItems, min, max, ...options }: RangeOptions & ListOptions): PropertyDecorator {
  return field(
    { ...options, optional: true },
    { type: 'array', items: { type: 'integer', minimum: min, maximum: max }, maxItems, uniqueItems: true },
    Transform(({ value }: { value: unknown }) => {
      const list = listOf(value);
      return Array.isArray(list) ? list.map(integerOf) : list;
    }),
    IsArray(),
    ArrayMaxSize(maxItems),
    ArrayUnique(),
    IsInt({ each: true }),
    Min(min, { each: true }),
    Max(max, { each: true }),
  );
}

const uuidMessage = { message: 'must be a UUID in its canonical, lower-case form' };

function choiceMessage(choices: readonly string[]): { message: string } {
  return { message: `must be one of ${choices.join(', ')}` };
}

function integerOf(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

function listOf(value: unknown): unknown {
  if (typeof value === 'string') return value.split(',');
  return value;
}
