import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import {
  ChoiceList,
  Decimal,
  Flag,
  Integer,
  IntegerList,
  TextList,
  UuidList,
  type FieldOptions,
  type ListOptions,
  type RangeOptions,
} from './fields.decorator';

// A query is text: each of these reads its form out of the text, leaves any other text as it is, and so has it refused.
// A parameter may be left out unless it says otherwise; lists always may.

/** An integer. */
export function QueryInteger(options: RangeOptions): PropertyDecorator {
  return applyDecorators(read(integerOf), Integer({ optional: true, ...options }));
}

/** A number with at most two decimals. */
export function QueryDecimal(options: RangeOptions): PropertyDecorator {
  return applyDecorators(read(decimalOf), Decimal({ optional: true, ...options }));
}

/** `true` or `false`. */
export function QueryFlag(options: FieldOptions): PropertyDecorator {
  return applyDecorators(read(flagOf), Flag({ optional: true, ...options }));
}

/** One or several of the choices: `a,b` or repeated. */
export function QueryChoices(choices: readonly string[], options: FieldOptions): PropertyDecorator {
  return applyDecorators(read(listOf), ChoiceList(choices, { ...options, optional: true }));
}

/** One or several texts, repeated and never split: a text may hold a comma. */
export function QueryTexts(options: ListOptions & { max: number }): PropertyDecorator {
  return applyDecorators(
    read((value) => (typeof value === 'string' ? [value] : value)),
    TextList({ ...options, optional: true }),
  );
}

/** One or several ids: `a,b` or repeated. */
export function QueryUuids(options: ListOptions): PropertyDecorator {
  return applyDecorators(read(listOf), UuidList({ ...options, optional: true }));
}

/** One or several integers: `1,2` or repeated. */
export function QueryIntegers(options: RangeOptions & ListOptions): PropertyDecorator {
  return applyDecorators(
    read((value) => {
      const list = listOf(value);
      return Array.isArray(list) ? list.map(integerOf) : list;
    }),
    IntegerList({ ...options, optional: true }),
  );
}

function read(form: (value: unknown) => unknown): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => form(value));
}

function integerOf(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

function decimalOf(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,9}(\.\d{1,2})?$/.test(value) ? Number(value) : value;
}

function flagOf(value: unknown): unknown {
  return value === 'true' ? true : value === 'false' ? false : value;
}

function listOf(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',') : value;
}
