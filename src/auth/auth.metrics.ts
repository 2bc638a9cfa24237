import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';

const LOGINS = 'openrisk_logins_total';
const REFRESHES = 'openrisk_token_refreshes_total';

const loginOutcomes = ['success', 'failure'] as const;
const refreshOutcomes = ['success', 'reused', 'refused'] as const;

export const authMetricProviders = [
  makeCounterProvider({ name: LOGINS, help: 'Logins with a password.', labelNames: ['outcome'] }),
  makeCounterProvider({
    name: REFRESHES,
    help: 'Refreshes of sessions; reused: with a token that was used before, which ends the session.',
    labelNames: ['outcome'],
  }),
];

@Injectable()
export class AuthMetrics {
  constructor(
    @InjectMetric(LOGINS) private readonly logins: Counter,
    @InjectMetric(REFRESHES) private readonly refreshes: Counter,
  ) {
    // A series that appears with its first event hides that event from rate().
    for (const outcome of loginOutcomes) logins.inc({ outcome }, 0);
    for (const outcome of refreshOutcomes) refreshes.inc({ outcome }, 0);
  }

  login(outcome: (typeof loginOutcomes)[number]): void {
    this.logins.inc({ outcome });
  }

  refresh(outcome: (typeof refreshOutcomes)[number]): void {
    this.refreshes.inc({ outcome });
  }
}
