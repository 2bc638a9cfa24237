import type { Options, Scenario } from 'k6/options';
import { mostUsers, scale, type ServerName } from './environment.ts';
import { reads } from './reads.ts';

export interface Slice {
  readonly server: ServerName;
  /** What is compared with what: a name for the time. */
  readonly phase: string;
  readonly seconds: number;
  /** Users at its end; as many from its beginning unless `from` says otherwise. */
  readonly users: number;
  readonly from?: number;
  /** What they do; `visit` unless it says otherwise. */
  readonly exec?: 'visit' | 'warmUp' | 'idle';
}

interface Shape {
  readonly slices: readonly Slice[];
  readonly mix?: 'usual' | 'any';
  readonly thresholds: NonNullable<Options['thresholds']>;
}

/** One slice after the other, with somebody who looks at the metrics meanwhile. */
export function optionsFor({ slices, mix = 'usual', thresholds }: Shape): Options {
  const scenarios: Record<string, Scenario> = {};
  let start = 0;
  slices.forEach((slice, index) => {
    const { server, phase, seconds, users, from = users, exec = 'visit' } = slice;
    const common = {
      startTime: scaled(start),
      gracefulStop: '5s',
      env: { LOAD_SERVER: server, LOAD_MIX: mix },
      tags: { server, phase },
    };
    const number = String(index).padStart(2, '0');
    scenarios[`${number}_${phase}_${server}`] = {
      ...common,
      exec,
      executor: 'ramping-vus',
      startVUs: Math.min(from, mostUsers),
      stages: [{ duration: scaled(seconds), target: Math.min(users, mostUsers) }],
      gracefulRampDown: '5s',
    };
    scenarios[`${number}_look_${server}`] = {
      ...common,
      exec: 'look',
      executor: 'ramping-vus',
      startVUs: 1,
      stages: [{ duration: scaled(seconds), target: 1 }],
    };
    start += seconds;
  });
  return {
    scenarios,
    thresholds: { ...reported(slices), ...thresholds },
    discardResponseBodies: true,
    summaryTrendStats: ['avg', 'med', 'p(95)', 'p(99)', 'max', 'count'],
    setupTimeout: '120s',
  };
}

/** k6 reports a part of a metric only where a threshold names it: these hold always. */
function reported(slices: readonly Slice[]): Record<string, string[]> {
  const parts = new Set(slices.map(({ server, phase }) => `server:${server},phase:${phase}`));
  const always: Record<string, string[]> = {};
  for (const part of parts) {
    for (const kind of ['read', 'write']) always[`http_req_duration{${part},kind:${kind}}`] = ['max>=0'];
    always[`cache_hits{${part},cache:data}`] = ['rate>=0'];
    always[`http_req_failed{${part}}`] = ['rate>=0'];
    for (const { name } of reads) {
      always[`http_req_duration{${part},name:${name}}`] = ['max>=0'];
      always[`cache_hits{${part},name:${name}}`] = ['rate>=0'];
    }
    for (const trend of ['pool_in_use', 'pool_open', 'pool_waiting', 'resident_bytes'])
      always[`${trend}{${part}}`] = ['max>=0'];
  }
  for (const server of new Set(slices.map(({ server }) => server))) {
    always[`cache_hits{server:${server},cache:data}`] = ['rate>=0'];
    for (const counter of ['counted_hits', 'counted_reads', 'pool_timeouts'])
      always[`${counter}{server:${server}}`] = ['count>=0'];
  }
  return always;
}

function scaled(seconds: number): string {
  return `${Math.round(seconds * scale * 1000)}ms`;
}
