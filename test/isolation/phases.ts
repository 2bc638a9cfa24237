/** How the application is run while it is probed. */
export interface Phase {
  readonly name: string;
  /** Of all probes. */
  readonly share: number;
  readonly store: 'memory' | 'redis';
  readonly instances: number;
  readonly rls: boolean;
  readonly filter: boolean;
}

const memory = { store: 'memory', instances: 1 } as const;
const redis = { store: 'redis', instances: 2 } as const;
const both = { rls: true, filter: true };
const noRls = { rls: false, filter: true };
const noFilter = { rls: true, filter: false };

/** Of these nothing may leak. */
export const phases: readonly Phase[] = [
  { name: 'both layers, cache in memory', share: 0.3, ...memory, ...both },
  { name: 'both layers, two instances on one Redis', share: 0.3, ...redis, ...both },
  { name: 'row level security off, cache in memory', share: 0.1, ...memory, ...noRls },
  { name: 'row level security off, two instances on one Redis', share: 0.1, ...redis, ...noRls },
  { name: "the application's filter off, cache in memory", share: 0.1, ...memory, ...noFilter },
  { name: "the application's filter off, two instances on one Redis", share: 0.1, ...redis, ...noFilter },
];

/** Of this the probes must find something: what is found in the others would otherwise mean nothing. */
export const planted: Phase = {
  ...{ name: 'planted: both layers off, and the last look behind them', share: 0, ...memory },
  ...{ rls: false, filter: false },
};
