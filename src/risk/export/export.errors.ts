import { DomainError } from '../../errors/domain-error';

export class RiskExportTooLarge extends DomainError {
  readonly status = 422;
  readonly code = 'risk.export-too-large';
  override readonly errors = [
    { pointer: '?q', code: 'too-many', message: 'narrow the export, by any filter of the list' },
  ];
  constructor(mostRisks: number) {
    super(`The export would hold more than ${mostRisks} risks.`);
  }
}

export class TooLongForWorkbook extends DomainError {
  readonly status = 422;
  readonly code = 'risk.export-cell-too-long';
  override readonly errors = [{ pointer: '?format', code: 'max-length', message: 'must be csv, json or oscal here' }];
  constructor(mostCharacters: number) {
    super(`The custom fields of a risk are longer than the ${mostCharacters} characters that a cell of Excel holds.`);
  }
}
