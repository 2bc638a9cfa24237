import { Env } from '../config/env.decorator';

/** Settings of `npm start` and of the commands beside it only. */
export class StartConfig {
  @Env('OPENRISK_HOME', {
    about:
      'Where `npm start` keeps the embedded Postgres and the secrets it makes; .openrisk in the project unless set.',
    kind: 'text',
    unit: 'path',
  })
  readonly home?: string;

  @Env('OPENRISK_DEMO_PASSWORD', {
    about: 'Password of the demo users; made by chance unless set.',
    kind: 'text',
    unit: 'at least 8 characters',
    minLength: 8,
    secret: true,
  })
  readonly demoPassword?: string;

  @Env('OPENRISK_PASSWORD', {
    about: 'Password with which `npm run import` and `npm run verify` log in; that of the demo users unless set.',
    kind: 'text',
    secret: true,
  })
  readonly importPassword?: string;

  @Env('OPENRISK_OTHER_PASSWORD', {
    about: 'Password of the account in another tenant, for `npm run verify`; the same one unless set.',
    kind: 'text',
    secret: true,
  })
  readonly otherPassword?: string;
}
