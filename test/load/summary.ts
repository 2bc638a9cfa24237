import type { Measurement } from './measurement';

/** Of one server in one phase. Undefined is what there was nothing of. */
export interface Figures {
  readonly server: string;
  readonly phase: string;
  readonly requestsPerSecond: number;
  readonly averageMs: number | undefined;
  readonly p95Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly writeP95Ms: number | undefined;
  readonly failed: number | undefined;
  readonly hitRate: number | undefined;
  /** Connections of the pool that work for somebody, on average. */
  readonly connectionsInUse: number | undefined;
  readonly connectionsOpen: number | undefined;
  readonly residentMegabytes: number | undefined;
}

/** What one kind of read came to, of one server in one phase. */
export interface ReadFigures {
  readonly server: string;
  readonly phase: string;
  readonly name: string;
  readonly count: number;
  readonly averageMs: number | undefined;
  readonly p95Ms: number | undefined;
  readonly hitRate: number | undefined;
}

/** Something that must be so, and what was found. */
export interface Check {
  readonly name: string;
  readonly found: string;
  readonly wanted: string;
  readonly ok: boolean;
}

export interface LoadSummary {
  readonly scenario: string;
  readonly scale: number;
  readonly figures: readonly Figures[];
  /** Those that were asked at all. */
  readonly reads: readonly ReadFigures[];
  readonly checks: readonly Check[];
}

export function summarize(measured: Measurement): LoadSummary {
  const { scenario, scale } = measured;
  const figures = Object.entries(measured.seconds).flatMap(([server, phases]) =>
    Object.entries(phases).map(([phase, seconds]) => figuresOf(measured, server, phase, seconds)),
  );
  return {
    scenario,
    scale,
    figures,
    reads: readsOf(measured),
    checks: [...thresholdsOf(measured), ...countsOf(measured), ...aimsOf(scenario, figures)],
  };
}

function figuresOf({ metrics }: Measurement, server: string, phase: string, seconds: number): Figures {
  const value = (metric: string, figure: string, more = ''): number | undefined => {
    const values = metrics[`${metric}{server:${server},phase:${phase}${more}}`]?.values;
    return values?.['count'] === 0 ? undefined : values?.[figure];
  };
  const reads = (figure: string): number | undefined => value('http_req_duration', figure, ',kind:read');
  const writes = (figure: string): number | undefined => value('http_req_duration', figure, ',kind:write');
  const bytes = value('resident_bytes', 'med');
  return {
    server,
    phase,
    requestsPerSecond: ((reads('count') ?? 0) + (writes('count') ?? 0)) / seconds,
    averageMs: reads('avg'),
    p95Ms: reads('p(95)'),
    p99Ms: reads('p(99)'),
    writeP95Ms: writes('p(95)'),
    failed: value('http_req_failed', 'rate'),
    hitRate: value('cache_hits', 'rate', ',cache:data'),
    connectionsInUse: value('pool_in_use', 'avg'),
    connectionsOpen: value('pool_open', 'max'),
    residentMegabytes: bytes === undefined ? undefined : bytes / 1024 ** 2,
  };
}

const PART_OF_A_READ = /^http_req_duration\{server:([^,]+),phase:([^,]+),name:(.+)\}$/;

function readsOf({ metrics }: Measurement): ReadFigures[] {
  return Object.entries(metrics).flatMap(([metric, measured]) => {
    const [, server = '', phase = '', name = ''] = PART_OF_A_READ.exec(metric) ?? [];
    const { count = 0, avg: averageMs, 'p(95)': p95Ms } = measured?.values ?? {};
    if (name === '' || count === 0) return [];
    const hitRate = metrics[`cache_hits{server:${server},phase:${phase},name:${name}}`]?.values['rate'];
    return [{ server, phase, name, count, averageMs, p95Ms, hitRate }];
  });
}

/** Those that only make k6 report a part of a metric hold always, and say nothing. */
const HOLDS_ALWAYS = />=0$/;

function thresholdsOf({ metrics }: Measurement): Check[] {
  return Object.entries(metrics).flatMap(([name, metric]) =>
    Object.entries(metric?.thresholds ?? {})
      .filter(([expression]) => !HOLDS_ALWAYS.test(expression))
      .map(([expression, { ok }]) => {
        const figure = /^[^<>=]+/.exec(expression)?.[0] ?? '';
        return { name, found: rounded(metric?.values[figure]), wanted: expression, ok };
      }),
  );
}

const LARGEST_DIFFERENCE = 0.05;

/** Clients and servers must have seen the same hits, but for reads that one answer is made of. */
function countsOf({ seconds, metrics }: Measurement): Check[] {
  return Object.keys(seconds).flatMap((server) => {
    const reads = metrics[`counted_reads{server:${server}}`]?.values['count'] ?? 0;
    const hits = metrics[`counted_hits{server:${server}}`]?.values['count'] ?? 0;
    const seen = metrics[`cache_hits{server:${server},cache:data}`]?.values['rate'];
    if (reads === 0 || seen === undefined) return [];
    const ok = Math.abs(hits / reads - seen) <= LARGEST_DIFFERENCE;
    const wanted = `as its clients saw, ${rounded(seen)} +- ${LARGEST_DIFFERENCE}`;
    return [{ name: `hit rate that the ${server} server counts`, found: rounded(hits / reads), wanted, ok }];
  });
}

function aimsOf(scenario: string, figures: readonly Figures[]): Check[] {
  const find = (server: string, phase: string): Figures | undefined =>
    figures.find((one) => one.server === server && one.phase === phase);
  const cached = find('cached', 'measured');
  const uncached = find('uncached', 'measured');
  if (scenario === 'warm' && cached && uncached) return ratiosOf(cached, uncached);
  const [before, after] = [find('cached', 'before'), find('cached', 'after')];
  if (scenario === 'spike' && before && after) return [quickAgain(before, after)];
  const [early, late] = [find('cached', 'early'), find('cached', 'late')];
  if (scenario === 'soak' && early && late) return [flatMemory(early, late)];
  return [];
}

function ratiosOf(cached: Figures, uncached: Figures): Check[] {
  const ratio = (figure: 'averageMs' | 'p95Ms' | 'p99Ms' | 'requestsPerSecond' | 'connectionsInUse'): number =>
    (cached[figure] ?? NaN) / (uncached[figure] ?? NaN);
  const atMost = (name: string, found: number, most: number): Check => ({
    name: `${name}, cached / uncached`,
    found: rounded(found),
    wanted: `<= ${most}`,
    ok: found <= most,
  });
  const throughput = ratio('requestsPerSecond');
  return [
    atMost('average of reads', ratio('averageMs'), 0.1),
    atMost('p95 of reads', ratio('p95Ms'), 0.18),
    atMost('p99 of reads', ratio('p99Ms'), 0.2),
    { name: 'throughput, cached / uncached', found: rounded(throughput), wanted: '>= 4', ok: throughput >= 4 },
    atMost('Postgres connections in use', ratio('connectionsInUse'), 0.4),
    { name: 'hit rate', found: rounded(cached.hitRate), wanted: '>= 0.95', ok: (cached.hitRate ?? 0) >= 0.95 },
  ];
}

const SLOWEST_RECOVERY = 2;

function quickAgain(before: Figures, after: Figures): Check {
  const ratio = (after.p95Ms ?? NaN) / (before.p95Ms ?? NaN);
  const wanted = `<= ${SLOWEST_RECOVERY}`;
  return { name: 'p95 of reads, after / before', found: rounded(ratio), wanted, ok: ratio <= SLOWEST_RECOVERY };
}

const MOST_GROWTH = 1.2;

function flatMemory(early: Figures, late: Figures): Check {
  const ratio = (late.residentMegabytes ?? NaN) / (early.residentMegabytes ?? NaN);
  return { name: 'memory, late / early', found: rounded(ratio), wanted: `<= ${MOST_GROWTH}`, ok: ratio <= MOST_GROWTH };
}

/** Three digits that matter. */
export function rounded(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '-' : String(Number(value.toPrecision(3)));
}
