import http from 'k6/http';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
import type { Server } from './environment.ts';

/** Of reads whose answer may come from a cache: which did, by their own Cache-Status. */
export const cacheHits = new Rate('cache_hits');

const poolInUse = new Trend('pool_in_use');
const poolOpen = new Trend('pool_open');
const poolWaiting = new Trend('pool_waiting');
const residentBytes = new Trend('resident_bytes');

const countedHits = new Counter('counted_hits');
const countedReads = new Counter('counted_reads');
const poolTimeouts = new Counter('pool_timeouts');
const lostEvictions = new Gauge('deferred_evictions');

/** What a server has counted since its boot. */
export interface Counted {
  readonly hits: number;
  readonly reads: number;
  readonly timeouts: number;
}

/** The caches that answers come from; `rbac` is asked with every request as well. */
const CACHES = ['risk', 'asset', 'dashboard', 'connector', 'app'];

/** @returns undefined when it was not said where they are */
function scrape({ metricsUrl }: Server): string | undefined {
  if (metricsUrl === undefined) return undefined;
  const answer = http.get(metricsUrl, { responseType: 'text', tags: { kind: 'watch', name: 'metrics' } });
  return answer.status === 200 ? answer.body : undefined;
}

/** What changes all the time, looked at now. */
export function watch(server: Server): void {
  const text = scrape(server);
  if (text === undefined) return;
  poolInUse.add(sumOf(text, 'openrisk_db_pool_in_use_connections'));
  poolOpen.add(sumOf(text, 'openrisk_db_pool_open_connections'));
  poolWaiting.add(sumOf(text, 'openrisk_db_pool_waiting_requests'));
  residentBytes.add(sumOf(text, 'process_resident_memory_bytes'));
}

export function countedAt(server: Server): Counted | undefined {
  const text = scrape(server);
  if (text === undefined) return undefined;
  const requests = (labels: string): number =>
    CACHES.reduce((sum, cache) => sum + sumOf(text, 'openrisk_cache_requests_total', `cache="${cache}"`, labels), 0);
  lostEvictions.add(sumOf(text, 'openrisk_cache_deferred_evictions'), { server: server.name });
  return {
    hits: requests('outcome="hit"'),
    reads: requests(''),
    timeouts: sumOf(text, 'openrisk_db_pool_timeouts_total'),
  };
}

export function tellGrowth(server: Server, before: Counted): void {
  const after = countedAt(server);
  if (after === undefined) return;
  const tags = { server: server.name };
  countedHits.add(after.hits - before.hits, tags);
  countedReads.add(after.reads - before.reads, tags);
  poolTimeouts.add(after.timeouts - before.timeouts, tags);
}

/** Of the series of this metric whose labels have all of these. */
function sumOf(text: string, metric: string, ...labels: readonly string[]): number {
  return [...text.matchAll(new RegExp(`^${metric}(\\{.*\\})? (\\S+)$`, 'gm'))]
    .filter(([, own = '']) => labels.every((label) => own.includes(label)))
    .reduce((sum, [, , value]) => sum + Number(value), 0);
}
