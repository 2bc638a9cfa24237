import type { FieldProblem } from '../../errors/domain-error';
import type { CustomFieldResponse } from './custom-field.dto';
import { patternOf } from './field-pattern';

export type FieldDefinition = Pick<
  CustomFieldResponse,
  'key' | 'type' | 'required' | 'min' | 'max' | 'pattern' | 'choices'
>;

const bounded = new Set(['text', 'textarea', 'number']);

/** What contradicts itself in a definition, by field. */
export function definitionProblems({ key, type, min, max, pattern, choices }: FieldDefinition): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const add = (field: string, message: string): void =>
    void problems.push({ pointer: `/${field}`, code: 'field-definition', message });
  if (key in {}) add('key', 'is a name that every object has');
  for (const [name, bound] of Object.entries({ min, max })) {
    if (bound !== null && !bounded.has(type)) add(name, `is for texts and numbers, not for a ${type}`);
    else if (bound !== null && type !== 'number' && (bound < 0 || !Number.isInteger(bound))) {
      add(name, 'is a length: a whole number, not negative');
    }
  }
  if (min !== null && max !== null && min > max) add('min', 'must not be greater than max');
  if (pattern !== null && type !== 'text') add('pattern', `is for a text, not for a ${type}`);
  else if (pattern !== null && !isPattern(pattern))
    add('pattern', 'is no regular expression that RE2 understands, or repeats too much');
  if (type === 'choice' && choices.length === 0) add('choices', 'must name at least one');
  if (type !== 'choice' && choices.length > 0) add('choices', `are for a choice, not for a ${type}`);
  return problems;
}

function isPattern(source: string): boolean {
  try {
    patternOf(source);
    return true;
  } catch {
    return false;
  }
}
