/** What is limited; the names in headers, metrics, log lines and Redis keys. */
export const LIMIT_NAMES = ['address', 'user', 'tenant', 'login-address', 'login-account'] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

/** So many in so long, counted from the first one on. */
export interface LimitPolicy {
  readonly name: LimitName;
  readonly quota: number;
  readonly windowSeconds: number;
}

/** Where a key stands with its limit. */
export interface LimitState {
  /** Of the current window, the one just asked for included; more than the quota means refused. */
  readonly count: number;
  /** Until the count starts again from zero. */
  readonly msLeft: number;
}

/** Whole seconds after which the window is certainly over; at least one, so that it can be waited for. */
export function secondsLeft({ msLeft }: LimitState): number {
  return Math.max(1, Math.ceil(msLeft / 1000));
}
