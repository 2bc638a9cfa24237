/** One thing wrong with one place of the request. */
export interface FieldProblem {
  /** RFC 6901 pointer into the body (`/assets/0`), or `?name` for a query parameter, or a header's name. */
  readonly pointer: string;
  /** Stable and machine-readable: `max-length`, `unknown-field`. */
  readonly code: string;
  readonly message: string;
}

/**
 * An error that a client may be told about. It knows its status, its stable code and how loud it is in the log;
 * everything that is not a DomainError is answered as a plain 500 without details.
 */
export abstract class DomainError extends Error {
  abstract readonly status: number;
  /** `room.kebab-case`, stable across versions. */
  abstract readonly code: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' = 'debug';
  readonly errors?: readonly FieldProblem[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the problem document, e.g. the moves that would be allowed. */
  readonly extensions?: Readonly<Record<string, unknown>>;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
