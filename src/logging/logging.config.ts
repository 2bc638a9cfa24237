import { Env } from '../config/env.decorator';

export class LoggingConfig {
  @Env('LOG_LEVEL', {
    about: 'How much is logged; `npm start` logs from warn on unless it is set.',
    kind: 'choice',
    choices: ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'],
  })
  readonly level: string = 'info';

  @Env('LOG_REQUESTS', {
    about: 'Which requests are logged: none, those that were slow or failed with a 5xx, or all.',
    kind: 'choice',
    choices: ['none', 'slow', 'all'],
  })
  readonly requests: 'none' | 'slow' | 'all' = 'slow';

  @Env('LOG_SLOW_REQUEST_MS', {
    about: 'From how long on a request counts as slow.',
    kind: 'integer',
    unit: 'ms',
    min: 1,
    max: 600_000,
  })
  readonly slowRequestMs: number = 1000;
}
