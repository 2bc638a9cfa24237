import { Env } from '../config/env.decorator';

export class AuthConfig {
  @Env('AUTH_ACCESS_TOKEN_TTL_SECONDS', {
    about: 'How long an access token is valid.',
    kind: 'integer',
    unit: 'seconds',
    min: 30,
    max: 86_400,
  })
  readonly accessTokenTtlSeconds: number = 600;

  @Env('AUTH_SESSION_TTL_SECONDS', {
    about: 'How long a session lasts, however much it is used; then its user logs in again.',
    kind: 'integer',
    unit: 'seconds',
    min: 300,
    max: 31_536_000,
  })
  readonly sessionTtlSeconds: number = 2_592_000;

  @Env('AUTH_SESSION_IDLE_SECONDS', {
    about: 'How long a session lasts without being refreshed.',
    kind: 'integer',
    unit: 'seconds',
    min: 300,
    max: 31_536_000,
  })
  readonly sessionIdleSeconds: number = 604_800;

  @Env('AUTH_ISSUER', { about: 'Issuer and audience of access tokens.', kind: 'text' })
  readonly issuer: string = 'openrisk';

  @Env('AUTH_REGISTRATION', {
    about: '`open`: everybody may make an account with a tenant of its own. `off`: people are invited.',
    kind: 'choice',
    choices: ['off', 'open'],
  })
  readonly registration: string = 'off';

  @Env('AUTH_PASSWORD_MIN_LENGTH', {
    about: 'How many characters a new password has at least; which ones is up to its owner.',
    kind: 'integer',
    min: 8,
    max: 64,
  })
  readonly passwordMinLength: number = 12;

  @Env('AUTH_PASSWORD_CONCURRENCY', {
    about: 'How many passwords are verified at the same time, besides one new one that is hashed; each takes 19 MiB.',
    kind: 'integer',
    min: 1,
    max: 64,
  })
  readonly passwordConcurrency: number = 2;

  @Env('AUTH_PASSWORD_QUEUE', {
    about: 'How many logins may wait for a hash before further ones are answered 503.',
    kind: 'integer',
    min: 0,
    max: 10_000,
  })
  readonly passwordQueue: number = 100;

  problems(): string[] {
    return this.sessionIdleSeconds > this.sessionTtlSeconds
      ? ['AUTH_SESSION_IDLE_SECONDS must not exceed AUTH_SESSION_TTL_SECONDS']
      : [];
  }
}
