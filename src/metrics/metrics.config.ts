import { Env } from '../config/env.decorator';

export class MetricsConfig {
  @Env('METRICS_PORT', {
    about: 'Port of the Prometheus metrics, apart from the API; 0 takes a free one.',
    kind: 'integer',
    min: 0,
    max: 65_535,
  })
  readonly port: number = 9464;
}
