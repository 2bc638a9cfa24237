import { Env } from '../config/env.decorator';

const perMinute = { kind: 'integer', unit: 'requests, 0 for no limit', min: 0, max: 100_000_000 } as const;
const failures = { kind: 'integer', unit: 'failures, 0 for no limit', min: 0, max: 1_000_000 } as const;

export class RateLimitConfig {
  @Env('RATE_LIMIT_ENABLED', { about: 'Off: no request is counted or refused, logins neither.', kind: 'flag' })
  readonly enabled: boolean = true;

  @Env('RATE_LIMIT_ADDRESS_PER_MINUTE', {
    ...perMinute,
    about: 'Requests per minute and IP address (IPv6: /64), whoever sends them.',
  })
  readonly addressPerMinute: number = 60_000;

  @Env('RATE_LIMIT_USER_PER_MINUTE', {
    ...perMinute,
    about: 'Requests per minute and user of a tenant, with all their tokens.',
  })
  readonly userPerMinute: number = 30_000;

  @Env('RATE_LIMIT_TENANT_PER_MINUTE', { ...perMinute, about: 'Requests per minute and tenant.' })
  readonly tenantPerMinute: number = 60_000;

  @Env('LOGIN_FAILURES_PER_ADDRESS', {
    ...failures,
    about: 'Failed logins from one IP address (IPv6: /64) before it is blocked.',
  })
  readonly loginFailuresPerAddress: number = 100;

  @Env('LOGIN_FAILURES_PER_ACCOUNT', {
    ...failures,
    about: 'Failed logins to one account, from wherever, before it is blocked.',
  })
  readonly loginFailuresPerAccount: number = 10;

  @Env('LOGIN_FAILURE_WINDOW_SECONDS', {
    about: 'How long a failed login counts, from the first one on.',
    kind: 'integer',
    unit: 'seconds',
    min: 1,
    max: 86_400,
  })
  readonly loginFailureWindowSeconds: number = 900;

  @Env('LOGIN_BLOCK_SECONDS', {
    about: 'Length of the first block; each further one within a day is twice as long as the last.',
    kind: 'integer',
    unit: 'seconds',
    min: 1,
    max: 86_400,
  })
  readonly loginBlockSeconds: number = 60;

  @Env('LOGIN_BLOCK_MAX_SECONDS', {
    about: 'Length that blocks do not grow beyond.',
    kind: 'integer',
    unit: 'seconds',
    min: 1,
    max: 86_400,
  })
  readonly loginBlockMaxSeconds: number = 3_600;

  problems(): string[] {
    return this.loginBlockMaxSeconds < this.loginBlockSeconds
      ? ['LOGIN_BLOCK_MAX_SECONDS is less than LOGIN_BLOCK_SECONDS']
      : [];
  }
}
