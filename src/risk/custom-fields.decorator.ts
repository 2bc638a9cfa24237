import { FlatObject, isFlatEntry, withChanges, type FlatChanges, type FlatValue } from '../http/flat-object.decorator';
import { RISK_LIMITS } from './risk-terms';

export type CustomFieldValue = FlatValue;
export type CustomFields = Record<string, CustomFieldValue>;
/** As a change: null removes a field. */
export type CustomFieldChanges = FlatChanges;

const limits = { maxNames: RISK_LIMITS.customFields, maxText: RISK_LIMITS.customFieldText };

/** Fields of the tenant's own: a flat object of texts, numbers and flags. */
export function CustomFieldsField({ optional = false } = {}): PropertyDecorator {
  return FlatObject({
    ...limits,
    about: 'Fields of your own. In a change only those that are sent change, and null removes one.',
    example: { businessUnit: 'Payments' },
    optional,
  });
}

/** @returns the fields with the changes in them; null removed the field, or was nothing to begin with */
export function withCustomFields(fields: CustomFields, changes: CustomFieldChanges): CustomFields {
  return withChanges(fields, changes);
}

export function isCustomField(name: string, value: unknown): boolean {
  return isFlatEntry(name, value, limits);
}
