import { DomainError, type FieldProblem } from '../../errors/domain-error';

interface Place {
  /** Line of the file, from 1. */
  readonly line?: number;
  readonly errors?: readonly FieldProblem[];
}

/** The file as a whole cannot be imported; the message says why, where, and what would be accepted. */
export class UnreadableImport extends DomainError {
  readonly status = 422;
  readonly code = 'import.unreadable';
  readonly line?: number;
  override readonly errors?: readonly FieldProblem[];
  override readonly extensions?: Readonly<Record<string, unknown>>;

  constructor(message: string, place: Place = {}) {
    super(message);
    if (place.errors) this.errors = place.errors;
    if (place.line !== undefined) {
      this.line = place.line;
      this.extensions = { line: place.line };
    }
  }
}
