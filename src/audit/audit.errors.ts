import { DomainError } from '../errors/domain-error';

export class ExportTooLarge extends DomainError {
  readonly status = 422;
  readonly code = 'audit.export-too-large';
  override readonly errors = [
    { pointer: '?from', code: 'too-many', message: 'narrow the export, for example by from and to' },
  ];
  constructor(mostEntries: number) {
    super(`The export would hold more than ${mostEntries} entries.`);
  }
}
