import { DomainError } from '../errors/domain-error';

export class RateLimitExceeded extends DomainError {
  readonly status = 429;
  readonly code = 'rate-limit.exceeded';
  override readonly headers: Readonly<Record<string, string>>;
  override readonly extensions: Readonly<Record<string, unknown>>;

  /**
   * @param limit its name, as in the `RateLimit-Policy` header
   * @param waitSeconds after which the same request is let through
   */
  constructor(limit: string, waitSeconds: number) {
    super(`Too many requests. Try again in ${waitSeconds} s.`);
    this.headers = { 'retry-after': String(waitSeconds) };
    this.extensions = { 'violated-policies': [limit] };
  }
}
