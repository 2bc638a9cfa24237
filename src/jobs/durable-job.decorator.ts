import 'reflect-metadata';
import type { RunningJob } from './running-job';

const DURABLE_JOB = Symbol('durable-job');

export type QueueName = 'short' | 'long' | 'sync';

/** A job that is made once in each such period, by whichever process gets there first. UTC. */
export type Period = 'minute' | 'hour' | 'day';

export interface DurableJobOptions {
  /** Its name for ever: jobs that wait are found by it. `acceptance.expire` */
  readonly kind: string;
  /**
   * `long` for minutes of work, `sync` for what waits for servers of others: each has workers of its own, so that other
   * jobs are not held up. Default `short`.
   */
  readonly queue?: QueueName;
  /** Runs by itself, once per period in every tenant. */
  readonly every?: Period;
  /** Also in tenants that are deleted, and wait to be purged; in these nothing else happens by itself. */
  readonly inDeletedTenants?: true;
}

/**
 * An async method of a singleton provider that works on jobs of a kind: on those that {@link Jobs.start} hands in, and on
 * those of its period. It may run more than once (a process dies in the middle, a connection breaks), so it has to be
 * idempotent. It runs as its tenant, and as the user who has started it; without a user when nobody has.
 */
export function DurableJob(options: DurableJobOptions) {
  return <Method extends (job: RunningJob<never>) => Promise<unknown>>(
    prototype: object,
    name: string | symbol,
    _descriptor: TypedPropertyDescriptor<Method>,
  ): void => Reflect.defineMetadata(DURABLE_JOB, options, prototype, name);
}

export function durableJobOf(prototype: object, name: string | symbol): DurableJobOptions | undefined {
  return Reflect.getMetadata(DURABLE_JOB, prototype, name) as DurableJobOptions | undefined;
}
