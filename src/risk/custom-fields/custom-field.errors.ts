import { DomainError, type FieldProblem } from '../../errors/domain-error';

export class FieldKeyTaken extends DomainError {
  readonly status = 409;
  readonly code = 'custom-field.key-taken';
  override readonly errors: readonly FieldProblem[] = [
    { pointer: '/key', code: 'unique', message: 'is the key of another custom field' },
  ];
  constructor(cause: unknown) {
    super('Another custom field has this key.', { cause });
  }
}

export class TooManyFields extends DomainError {
  readonly status = 409;
  readonly code = 'custom-field.too-many';
  constructor(most: number) {
    super(`A tenant has at most ${most} custom fields.`);
  }
}
