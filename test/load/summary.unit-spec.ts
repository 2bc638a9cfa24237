import type { Measurement } from './measurement';
import { summarize, type Check } from './summary';

const part = (server: string, phase: string): string => `server:${server},phase:${phase}`;
const times = (avg: number, count = 900) => ({ values: { avg, 'p(95)': 2 * avg, 'p(99)': 3 * avg, count } });

function measurement(scenario: string, seconds: Measurement['seconds'], metrics: Measurement['metrics']): Measurement {
  return { scenario, scale: 1, seconds, metrics };
}

function sideOf(server: string, readMs: number, reads: number, hitRate: number, inUse: number): Measurement['metrics'] {
  const measured = part(server, 'measured');
  return {
    [`http_req_duration{${measured},kind:read}`]: times(readMs, reads),
    [`http_req_duration{${measured},kind:write}`]: times(5, 100),
    [`http_req_failed{${measured}}`]: { values: { rate: 0 } },
    [`cache_hits{${measured},cache:data}`]: { values: { rate: hitRate } },
    [`pool_in_use{${measured}}`]: { values: { avg: inUse, count: 10 } },
  };
}

function warm(cached: Parameters<typeof sideOf>, more: Measurement['metrics'] = {}) {
  const seconds = { cached: { measured: 100 }, uncached: { measured: 100 } };
  return summarize(
    measurement('warm', seconds, { ...sideOf(...cached), ...sideOf('uncached', 20, 900, 0, 8), ...more }),
  );
}

const namesOf = (checks: readonly Check[], ok: boolean): string[] =>
  checks.filter((check) => check.ok === ok).map(({ name }) => name);

describe('The summary of a load test', () => {
  it('counts reads and writes per second of the phase, and times reads', () => {
    const { figures } = warm(['cached', 1, 9_900, 0.97, 2]);
    expect(figures).toEqual([
      expect.objectContaining({
        server: 'cached',
        requestsPerSecond: 100,
        averageMs: 1,
        p95Ms: 2,
        p99Ms: 3,
        hitRate: 0.97,
      }),
      expect.objectContaining({ server: 'uncached', requestsPerSecond: 10, averageMs: 20, writeP95Ms: 10 }),
    ]);
  });

  it('says of a warm cache what it saves, and that all aims are met', () => {
    const { checks } = warm(['cached', 1, 9_900, 0.97, 2]);
    expect(checks.map(({ found }) => found)).toEqual(['0.05', '0.05', '0.05', '10', '0.25', '0.97']);
    expect(namesOf(checks, false)).toEqual([]);
  });

  it.each<[string, Parameters<typeof sideOf>]>([
    ['average of reads, cached / uncached', ['cached', 2.1, 9_900, 0.97, 2]],
    ['throughput, cached / uncached', ['cached', 1, 3_800, 0.97, 2]],
    ['Postgres connections in use, cached / uncached', ['cached', 1, 9_900, 0.97, 3.3]],
    ['hit rate', ['cached', 1, 9_900, 0.94, 2]],
  ])('misses one aim: %s', (name, cached) => {
    expect(namesOf(warm(cached).checks, false)).toEqual([name]);
  });

  it('does not take what was never measured for an aim that is met', () => {
    const unmeasured = { [`pool_in_use{${part('cached', 'measured')}}`]: { values: { avg: 0, count: 0 } } };
    const { checks } = warm(['cached', 1, 9_900, 0.97, 2], unmeasured);
    expect(namesOf(checks, false)).toEqual(['Postgres connections in use, cached / uncached']);
  });

  it('tells what each kind of read came to, if it was asked', () => {
    const name = 'stats/trends?days=30';
    const measured = part('cached', 'measured');
    const { reads } = warm(['cached', 1, 9_900, 0.97, 2], {
      [`http_req_duration{${measured},name:${name}}`]: times(3, 40),
      [`cache_hits{${measured},name:${name}}`]: { values: { rate: 0.5 } },
      [`http_req_duration{${measured},name:assets}`]: times(0, 0),
    });
    const figures = { name, count: 40, averageMs: 3, p95Ms: 6, hitRate: 0.5 };
    expect(reads).toEqual([{ server: 'cached', phase: 'measured', ...figures }]);
  });

  it('tells the thresholds of the script, but for those that are there to have a figure', () => {
    const { checks } = summarize(
      measurement(
        'peak',
        {},
        {
          'http_req_failed{server:cached}': { values: { rate: 0.2 }, thresholds: { 'rate<0.001': { ok: false } } },
          'pool_open{server:cached}': {
            values: { max: 3 },
            thresholds: { 'max>=0': { ok: true }, 'max<=20': { ok: true } },
          },
        },
      ),
    );
    expect(checks).toEqual([
      { name: 'http_req_failed{server:cached}', found: '0.2', wanted: 'rate<0.001', ok: false },
      { name: 'pool_open{server:cached}', found: '3', wanted: 'max<=20', ok: true },
    ]);
  });

  it.each([
    [900, true],
    [700, false],
  ])('compares what clients saw with what the server counts: 90 %% and %d of 1000', (hits, ok) => {
    const { checks } = summarize(
      measurement(
        'peak',
        { cached: {} },
        {
          'cache_hits{server:cached,cache:data}': { values: { rate: 0.9 } },
          'counted_hits{server:cached}': { values: { count: hits } },
          'counted_reads{server:cached}': { values: { count: 1000 } },
        },
      ),
    );
    expect(checks).toEqual([expect.objectContaining({ name: 'hit rate that the cached server counts', ok })]);
  });

  it.each([
    [40, true],
    [50, false],
  ])('expects it to be as quick after a spike as before: 10 ms and %d ms on average', (averageMs, ok) => {
    const reads = (phase: string, ms: number) => ({
      [`http_req_duration{${part('cached', phase)},kind:read}`]: times(ms),
    });
    const seconds = { cached: { before: 60, after: 60 } };
    const { checks } = summarize(
      measurement('spike', seconds, { ...reads('before', 20), ...reads('after', averageMs) }),
    );
    expect(checks).toEqual([expect.objectContaining({ name: 'p95 of reads, after / before', ok })]);
  });

  it.each([
    [220, true],
    [260, false],
  ])('expects memory to stay as it is: 200 MB and %d MB', (megabytes, ok) => {
    const memory = (phase: string, size: number) => ({
      [`resident_bytes{${part('cached', phase)}}`]: { values: { med: size * 1024 ** 2, count: 9 } },
    });
    const seconds = { cached: { early: 60, late: 60 } };
    const { checks } = summarize(
      measurement('soak', seconds, { ...memory('early', 200), ...memory('late', megabytes) }),
    );
    expect(checks).toEqual([expect.objectContaining({ name: 'memory, late / early', ok })]);
  });
});
