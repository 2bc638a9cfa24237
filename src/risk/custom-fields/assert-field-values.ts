import type { Transaction } from '../../database/session';
import { UnprocessableBody } from '../../errors/http.errors';
import type { CustomFieldChanges } from '../custom-fields.decorator';
import { fieldsOf } from './custom-field.reader';
import { fieldProblems } from './field-values';

/** @throws UnprocessableBody 422 naming each value that the tenant's definitions do not allow */
export async function assertFieldValues(
  tx: Transaction,
  values: CustomFieldChanges,
  options: { isNew: boolean },
): Promise<void> {
  const problems = fieldProblems(await fieldsOf(tx), values, options);
  if (problems.length > 0) throw new UnprocessableBody('A custom field has a value that it cannot have.', problems);
}
