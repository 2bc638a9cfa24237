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
}
