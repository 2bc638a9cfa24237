import { ValidateBy, type ValidationOptions } from 'class-validator';
import { isDateOnly, isInstant } from './dates';
import { textProblem } from './text-safety';

// Lengths are counted in characters of Unicode, as JSON Schema and Postgres count them.

export function AtLeast(min: number): PropertyDecorator {
  return ValidateBy({
    name: 'minLength',
    validator: {
      validate: (value) => typeof value === 'string' && [...value.slice(0, 2 * min)].length >= min,
      defaultMessage: () => `must have at least ${min} characters`,
    },
  });
}

export function AtMost(max: number, options?: ValidationOptions): PropertyDecorator {
  const each = options?.each ? 'each value ' : '';
  return ValidateBy(
    {
      name: 'maxLength',
      validator: {
        validate: (value) => typeof value === 'string' && value.length <= 2 * max && [...value].length <= max,
        defaultMessage: () => `${each}must have at most ${max} characters`,
      },
    },
    options,
  );
}

export function IsDay(): PropertyDecorator {
  return ValidateBy({
    name: 'date',
    validator: { validate: isDateOnly, defaultMessage: () => 'must be a calendar day, YYYY-MM-DD' },
  });
}

export function IsMoment(): PropertyDecorator {
  return ValidateBy({
    name: 'dateTime',
    validator: { validate: isInstant, defaultMessage: () => 'must be an instant such as 2026-01-31T12:00:00Z' },
  });
}

export function SafeText({ mayBeBlank }: { mayBeBlank: boolean }): PropertyDecorator {
  return ValidateBy({
    name: 'safeText',
    validator: {
      validate: (value) =>
        typeof value === 'string' && textProblem(value) === undefined && (mayBeBlank || value.trim() !== ''),
      defaultMessage: () => (mayBeBlank ? 'must be well-formed text' : 'must be well-formed text and not blank'),
    },
  });
}
