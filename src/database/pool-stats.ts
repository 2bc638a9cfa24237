export type PoolStatus = 'healthy' | 'warning' | 'critical';

/** The pool at this moment; counters run since boot. */
export interface PoolStats {
  readonly maxOpen: number;
  readonly minIdle: number;
  /** Connections that exist or are being opened. */
  readonly open: number;
  readonly inUse: number;
  readonly idle: number;
  /** Requests that wait for a connection right now. */
  readonly waiting: number;
  /** Requests that found no idle connection, and how long all of them waited together. */
  readonly waitCount: number;
  readonly waitMs: number;
  /** Requests that gave up waiting and were answered 503. */
  readonly timeouts: number;
  readonly closedByLifetime: number;
  readonly closedByIdle: number;
  readonly closedByError: number;
  /** By the share of `maxOpen` in use: below the warning ratio, up to the critical ratio, above it. */
  readonly status: PoolStatus;
}

export interface PoolThresholds {
  readonly warningRatio: number;
  readonly criticalRatio: number;
}

/** @param waiting requests without a connection: a pool that makes anybody wait at its ceiling is critical. */
export function poolStatus(
  { inUse, maxOpen, waiting }: Pick<PoolStats, 'inUse' | 'maxOpen' | 'waiting'>,
  { warningRatio, criticalRatio }: PoolThresholds,
): PoolStatus {
  const used = inUse / maxOpen;
  if (used > criticalRatio || (waiting > 0 && inUse >= maxOpen)) return 'critical';
  return used >= warningRatio ? 'warning' : 'healthy';
}
