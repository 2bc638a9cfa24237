import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy, ValidateIf } from 'class-validator';
import { RISK_LIMITS } from './risk-terms';

export type CustomFieldValue = string | number | boolean;
export type CustomFields = Record<string, CustomFieldValue>;
/** As a change: null removes a field. */
export type CustomFieldChanges = Record<string, CustomFieldValue | null>;

const namePattern = /^[A-Za-z][\w.-]{0,63}$/;

/** Fields of the tenant's own: a flat object of texts, numbers and flags. */
export function CustomFieldsField({ optional = false } = {}): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: 'object',
      selfRequired: !optional,
      description: 'Fields of your own. In a change only those that are sent change, and null removes one.',
      maxProperties: RISK_LIMITS.customFields,
      additionalProperties: {
        oneOf: [
          { type: 'string', maxLength: RISK_LIMITS.customFieldText },
          { type: 'number' },
          { type: 'boolean' },
          ...(optional ? [{ type: 'null' }] : []),
        ],
      },
      example: { businessUnit: 'Payments' },
    }),
    ...(optional ? [ValidateIf((_, value) => value !== undefined)] : []),
    ValidateBy({
      name: 'customFields',
      validator: {
        validate: isCustomFields,
        defaultMessage: () =>
          `must be an object of at most ${RISK_LIMITS.customFields} names (a letter, then letters, digits, . _ -) with ` +
          `texts up to ${RISK_LIMITS.customFieldText} characters, numbers, true, false or null`,
      },
    }),
  );
}

/** @returns the fields with the changes in them; null removed the field, or was nothing to begin with */
export function withCustomFields(fields: CustomFields, changes: CustomFieldChanges): CustomFields {
  const kept = Object.entries({ ...fields, ...changes }).filter(
    (entry): entry is [string, CustomFieldValue] => entry[1] !== null,
  );
  return Object.fromEntries(kept);
}

function isCustomFields(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= RISK_LIMITS.customFields && entries.every(([name, item]) => isCustomField(name, item));
}

export function isCustomField(name: string, value: unknown): boolean {
  if (!namePattern.test(name)) return false;
  if (typeof value === 'string') return value.length <= RISK_LIMITS.customFieldText;
  return value === null || typeof value === 'boolean' || Number.isFinite(value);
}
