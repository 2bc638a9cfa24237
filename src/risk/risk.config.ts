import { Env } from '../config/env.decorator';

export class RiskConfig {
  @Env('RISK_LARGE_CHANGE_CONCURRENCY', {
    about: 'How many imports and bulk changes run at the same time; each holds a database connection.',
    kind: 'integer',
    min: 1,
    max: 100,
  })
  readonly largeChangeConcurrency: number = 2;

  @Env('RISK_LARGE_CHANGE_QUEUE', {
    about: 'How many imports and bulk changes may wait for their turn before further ones are answered 503.',
    kind: 'integer',
    min: 0,
    max: 10_000,
  })
  readonly largeChangeQueue: number = 20;

  @Env('RISK_EXPORT_MAX_RISKS', {
    about: 'Largest export of the register; larger ones are refused and have to be narrowed.',
    kind: 'integer',
    unit: 'risks',
    min: 1,
    max: 1_000_000,
  })
  readonly exportMaxRisks: number = 1_000_000;

  @Env('RISK_EXPORT_CONCURRENCY', {
    about: 'How many exports of the register run at the same time; further ones are answered 503.',
    kind: 'integer',
    min: 1,
    max: 100,
  })
  readonly exportConcurrency: number = 4;

  @Env('RISK_EXPORT_TIMEOUT_SECONDS', {
    about: 'How long one export of the register may take, a slow client included, before its connection is cut.',
    kind: 'integer',
    unit: 'seconds',
    min: 1,
    max: 86_400,
  })
  readonly exportTimeoutSeconds: number = 600;
}
