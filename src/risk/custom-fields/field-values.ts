import type { FieldProblem } from '../../errors/domain-error';
import { isDateOnly } from '../../http/dates';
import type { CustomFieldChanges, CustomFieldValue } from '../custom-field-values';
import type { FieldDefinition } from './field-definition';
import { patternOf } from './field-pattern';

/**
 * What is wrong with values that are about to be set: those of the tenant's own fields are held against their
 * definitions, all others are free.
 *
 * @param isNew whether required fields must be there; in a change they must only not be removed
 */
export function fieldProblems(
  definitions: readonly FieldDefinition[],
  values: CustomFieldChanges,
  { isNew }: { isNew: boolean },
): FieldProblem[] {
  return definitions.flatMap((definition) => {
    const { key, required } = definition;
    const given = Object.hasOwn(values, key);
    const value = given ? (values[key] ?? null) : null;
    if (value === null) {
      const isMissing = required && (given || isNew);
      return isMissing ? [problem(key, 'required', 'is required')] : [];
    }
    const message = reasonAgainst(definition, value);
    return message === undefined ? [] : [problem(key, 'custom-field', message)];
  });
}

function problem(key: string, code: string, message: string): FieldProblem {
  return { pointer: `/customFields/${key}`, code, message };
}

function reasonAgainst(definition: FieldDefinition, value: CustomFieldValue): string | undefined {
  switch (definition.type) {
    case 'text':
    case 'textarea':
      return typeof value === 'string' ? reasonAgainstText(definition, value) : 'must be a text';
    case 'number':
      return typeof value === 'number' ? reasonAgainstAmount(definition, value, '') : 'must be a number';
    case 'choice':
      return definition.choices.some((choice) => choice === value)
        ? undefined
        : `must be one of ${definition.choices.join(', ').slice(0, 500)}`;
    case 'date':
      return isDateOnly(value) ? undefined : 'must be a calendar day, YYYY-MM-DD';
    case 'checkbox':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
  }
}

function reasonAgainstText(definition: FieldDefinition, text: string): string | undefined {
  const length = [...text].length;
  const reason = reasonAgainstAmount(definition, length, ' characters');
  if (reason !== undefined) return reason;
  const { pattern } = definition;
  return pattern === null || patternOf(pattern).matches(text) ? undefined : `must match ${pattern}`;
}

function reasonAgainstAmount({ min, max }: FieldDefinition, amount: number, unit: string): string | undefined {
  const verb = unit === '' ? 'be' : 'have';
  if (min !== null && amount < min) return `must ${verb} at least ${min}${unit}`;
  if (max !== null && amount > max) return `must ${verb} at most ${max}${unit}`;
  return undefined;
}
