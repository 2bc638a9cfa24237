import { DomainError, type FieldProblem } from '../../errors/domain-error';
import type { BulkItemResponse } from './bulk.dto';

/** At least one operation of an atomic request failed, so none was carried out; every reason is told. */
export class BulkRolledBack extends DomainError {
  readonly status = 422;
  readonly code = 'risk.bulk-rolled-back';
  override readonly errors: readonly FieldProblem[];
  override readonly extensions: Readonly<Record<string, unknown>>;

  constructor(results: readonly BulkItemResponse[]) {
    const failures = results.filter(({ problem }) => problem);
    super(`Nothing was changed: ${failures.length} of ${results.length} operations failed.`);
    this.errors = failures.flatMap(({ index, problem }) =>
      problem?.errors?.length
        ? problem.errors
        : [{ pointer: `/operations/${index}`, code: problem?.code ?? '', message: problem?.detail ?? '' }],
    );
    const told = failures.map(({ index, status, id, problem }) => ({ index, status, id, problem }));
    this.extensions = { results: told };
  }
}
