import { DomainError } from '../errors/domain-error';

/** Why a request came to nothing. `status`: the answer's was not accepted. */
export const FAILURE_REASONS = [
  'bad-url',
  'bad-header',
  'refused-address',
  'no-redirects',
  'unreachable',
  'bad-tls',
  'bad-answer',
  'status',
  'too-large',
  'too-slow',
  'breaker-open',
] as const;

export type FailureReason = (typeof FAILURE_REASONS)[number];

interface FailureDetails {
  /** What the target answered, when it did. */
  readonly answered?: number;
  /** How long the target, or the breaker, wants to be left alone. */
  readonly retryAfterSeconds?: number;
}

/**
 * A request to somewhere else failed. Its message is for a person and names the target by its origin only: paths, query
 * strings, headers and addresses behind a name are in none of it, and there is no cause.
 */
export class OutboundFailure extends DomainError {
  readonly status = 502;
  readonly code: string;
  override readonly logLevel = 'info';
  readonly answered?: number;
  readonly retryAfterSeconds?: number;

  constructor(
    readonly reason: FailureReason,
    message: string,
    { answered, retryAfterSeconds }: FailureDetails = {},
  ) {
    super(message);
    this.code = `outbound.${reason}`;
    if (answered !== undefined) this.answered = answered;
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = retryAfterSeconds;
  }
}
