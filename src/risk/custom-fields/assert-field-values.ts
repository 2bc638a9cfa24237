import type { Transaction } from '../../database/session';
import { UnprocessableBody } from '../../errors/http.errors';
import type { CustomFieldChanges } from '../custom-field-values';
import { fieldsOf } from './custom-field.reader';
import type { FieldDefinition } from './field-definition';
import { fieldProblems } from './field-values';

/**
 * @param definitions of the tenant, where somebody has read them already
 * @throws UnprocessableBody 422 naming each value that the tenant's definitions do not allow
 */
export async function assertFieldValues(
  tx: Transaction,
  values: CustomFieldChanges,
  { isNew, definitions }: { readonly isNew: boolean; readonly definitions?: readonly FieldDefinition[] | undefined },
): Promise<void> {
  const problems = fieldProblems(definitions ?? (await fieldsOf(tx)), values, { isNew });
  if (problems.length > 0) throw new UnprocessableBody('A custom field has a value that it cannot have.', problems);
}
