import { DomainError, type FieldProblem } from './domain-error';

/** Query, path or header that cannot be understood. */
export class BadRequest extends DomainError {
  readonly status = 400;
  readonly code = 'request.invalid';
  constructor(
    message: string,
    override readonly errors?: readonly FieldProblem[],
  ) {
    super(message);
  }
}

/** A body that parses but breaks a rule. */
export class UnprocessableBody extends DomainError {
  readonly status = 422;
  readonly code = 'request.invalid-body';
  constructor(
    message: string,
    override readonly errors?: readonly FieldProblem[],
  ) {
    super(message);
  }
}

/** Also for what belongs to another tenant or may not be seen: the same words, the same body. */
export class NotFound extends DomainError {
  readonly status = 404;
  readonly code = 'resource.not-found';
  constructor(resource: string) {
    super(`There is no such ${resource}.`);
  }
}

export class Unauthenticated extends DomainError {
  readonly status = 401;
  readonly code = 'auth.unauthenticated';
  override readonly headers = { 'www-authenticate': 'Bearer realm="openrisk"' };
  constructor(message = 'A valid bearer token is required.') {
    super(message);
  }
}

export class PreconditionRequired extends DomainError {
  readonly status = 428;
  readonly code = 'request.if-match-required';
  constructor() {
    super('Send If-Match with the ETag that your change is based on.');
  }
}

export class StaleVersion extends DomainError {
  readonly status = 412;
  readonly code = 'request.stale-version';
  override readonly headers: Readonly<Record<string, string>>;
  /** @param currentVersion the version the resource has now; sent back as its ETag */
  constructor(currentVersion: number) {
    super('The resource has changed since the version you named in If-Match.');
    this.headers = { etag: `"v${currentVersion}"` };
  }
}

export class Unavailable extends DomainError {
  readonly status = 503;
  readonly code = 'service.unavailable';
  override readonly logLevel = 'warn';
  override readonly headers = { 'retry-after': '1' };
}
