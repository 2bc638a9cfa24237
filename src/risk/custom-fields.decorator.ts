import { FlatObject } from '../http/flat-object.decorator';
import { CUSTOM_FIELD_LIMITS } from './custom-field-values';

/** Fields of the tenant's own: a flat object of texts, numbers and flags. */
export function CustomFieldsField({ optional = false } = {}): PropertyDecorator {
  return FlatObject({
    ...CUSTOM_FIELD_LIMITS,
    about: 'Fields of your own. In a change only those that are sent change, and null removes one.',
    example: { businessUnit: 'Payments' },
    optional,
  });
}
