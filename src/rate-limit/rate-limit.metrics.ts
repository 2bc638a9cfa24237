import { Injectable, Logger } from '@nestjs/common';
import { InjectMetric, makeCounterProvider } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import { LIMIT_NAMES, secondsLeft, type LimitName, type LimitState } from './limit-policy';

const LIMITED = 'openrisk_rate_limited_total';

export const rateLimitMetricProvider = makeCounterProvider({
  name: LIMITED,
  help: 'Requests answered 429, by the limit that was exceeded.',
  labelNames: ['limit'],
});

@Injectable()
export class RateLimitMetrics {
  private readonly logger = new Logger('RateLimit');

  constructor(@InjectMetric(LIMITED) private readonly limited: Counter) {
    // A series that appears with its first event hides that event from rate().
    for (const limit of LIMIT_NAMES) limited.inc({ limit }, 0);
  }

  refused(limit: LimitName): void {
    this.limited.inc({ limit });
  }

  /** @param whom as it may stand in a log: an address or an id, never an e-mail */
  blockStarted(limit: LimitName, whom: string, state: LimitState): void {
    this.logger.warn(`Limit ${limit} is reached by ${whom}; refused for ${secondsLeft(state)} s`);
  }
}
