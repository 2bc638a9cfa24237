import { isFlatEntry, withChanges, type FlatChanges, type FlatObjectLimits, type FlatValue } from '../http/flat-object';
import { RISK_LIMITS } from './risk-terms';

export type CustomFieldValue = FlatValue;
export type CustomFields = Record<string, CustomFieldValue>;
/** As a change: null removes a field. */
export type CustomFieldChanges = FlatChanges;

export const CUSTOM_FIELD_LIMITS: FlatObjectLimits = {
  maxNames: RISK_LIMITS.customFields,
  maxText: RISK_LIMITS.customFieldText,
};

/** @returns the fields with the changes in them; null removed the field, or was nothing to begin with */
export function withCustomFields(fields: CustomFields, changes: CustomFieldChanges): CustomFields {
  return withChanges(fields, changes);
}

export function isCustomField(name: string, value: unknown): boolean {
  return isFlatEntry(name, value, CUSTOM_FIELD_LIMITS);
}
