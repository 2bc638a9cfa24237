import { DomainError } from '../../errors/domain-error';
import { OutboundFailure } from '../../outbound/outbound.errors';

/** What an error of an attempt means for its run. */
export interface Verdict {
  /** For a person. */
  readonly message: string;
  /** Whether it may pass. */
  readonly isPassing: boolean;
  /** When the source says how long. */
  readonly retryAfterSeconds?: number;
}

const passing = new Set(['too-slow', 'unreachable', 'breaker-open']);

export function verdictOn(error: unknown): Verdict {
  if (error instanceof OutboundFailure) {
    const { message, reason, answered = 0, retryAfterSeconds } = error;
    const isPassing = passing.has(reason) || (reason === 'status' && (answered === 429 || answered >= 500));
    return { message, isPassing, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }
  // What a connector trips over may be anything, also something secret.
  const message =
    error instanceof DomainError ? error.message : 'The connector failed in a way that it did not expect.';
  return { message, isPassing: false };
}
