import { expectThat, type Checklist } from './checklist';
import type { Deployment } from './deployment';

/** One of each room that alerts and dashboards look at; all of them exist from the boot on. */
const EXPECTED = [
  'process_cpu_seconds_total',
  'nodejs_eventloop_lag_seconds',
  'http_server_request_duration_seconds',
  'openrisk_http_responses_total',
  'openrisk_risks',
  'openrisk_cache_requests_total',
  'openrisk_cache_breaker_state',
  'openrisk_db_pool_in_use_connections',
  'openrisk_authorization_decisions_total',
  'openrisk_logins_total',
  'openrisk_rate_limited_total',
  'openrisk_audit_write_failures_total',
  'openrisk_jobs_total',
] as const;
const VIOLATIONS = 'openrisk_tenant_isolation_violations_total';

/** @param processes whose metrics are to be looked at, one by one: a balancer would answer for any of them */
export async function checkMetrics(checklist: Checklist, processes: readonly Deployment[]): Promise<void> {
  if (processes.length === 0) checklist.skip('metrics', 'give --metrics-url, once for each process');
  for (const process of processes) {
    await checklist.check(`metrics of ${new URL(process.url).host}`, async () => {
      const { status, text } = await process.ask('');
      expectThat(status === 200, `answers ${status}`);
      const kept = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
      const missing = [...EXPECTED, VIOLATIONS].filter((name) => !kept.has(name));
      expectThat(missing.length === 0, `there is no ${missing.join(', ')}`);
      const violations = text.split('\n').filter((line) => line.startsWith(`${VIOLATIONS}{`) && !/ 0$/.test(line));
      expectThat(violations.length === 0, `tenants were mixed up: ${violations.join(', ')}`);
      return `${kept.size} metrics, no isolation violations`;
    });
  }
}
