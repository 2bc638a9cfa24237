import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import { allPermissions, type Permission } from './permission';

const name = 'openrisk_authorization_decisions_total';

/** `out-of-reach`: they hold the permission, but not for what belongs to others. */
const outcomes = ['allowed', 'denied', 'out-of-reach'] as const;
type Outcome = (typeof outcomes)[number];

export const authorizationMetricProvider = makeCounterProvider({
  name,
  help: 'Decisions on whether somebody may do something.',
  labelNames: ['resource', 'action', 'outcome'],
});

@Injectable()
export class AuthorizationMetrics {
  /** A series per permission and outcome, all there from the start: none appears with the first attack. */
  private readonly series: ReadonlyMap<string, Counter.Internal>;

  constructor(@InjectMetric(name) decisions: Counter) {
    const series = allPermissions.flatMap((permission) => {
      const [resource = '', action = ''] = permission.split(':');
      return outcomes.map(
        (outcome) => [`${permission} ${outcome}`, decisions.labels(resource, action, outcome)] as const,
      );
    });
    this.series = new Map(series);
    for (const [, counter] of series) counter.inc(0);
  }

  decided(permission: Permission, outcome: Outcome): void {
    this.series.get(`${permission} ${outcome}`)?.inc();
  }
}
