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

  @Env('AUTH_ISSUER', { about: 'Issuer and audience of access tokens.', kind: 'text' })
  readonly issuer: string = 'openrisk';

  @Env('AUTH_PASSWORD_CONCURRENCY', {
    about: 'How many passwords are hashed at the same time; each takes 19 MiB.',
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
}
