import { business } from './business';
import type { Page } from './dashboard';

const requests = 'http_server_request_duration_seconds';
const users = '{http_route!~"/health/.*"}';
const quantile = (share: number, histogram: string, by = ''): string =>
  `histogram_quantile(${share}, sum by (le${by}) (rate(${histogram}[5m])))`;

const performance: Page = {
  uid: 'openrisk-performance',
  title: 'OpenRisk: performance',
  rows: {
    API: [
      {
        title: 'Requests',
        unit: 'reqps',
        queries: {
          '{{http_response_status_code}}': `sum by (http_response_status_code) (rate(${requests}_count${users}[5m]))`,
        },
      },
      { title: 'Errors', unit: 'percentunit', queries: { '5xx': 'openrisk:http_errors:ratio_rate5m' } },
      {
        title: 'Duration',
        unit: 's',
        queries: {
          p50: quantile(0.5, `${requests}_bucket${users}`),
          p95: quantile(0.95, `${requests}_bucket${users}`),
          p99: quantile(0.99, `${requests}_bucket${users}`),
        },
      },
      {
        title: 'Handlers, p95',
        unit: 's',
        queries: { '{{handler}}': quantile(0.95, 'openrisk_handler_duration_seconds_bucket', ', handler') },
      },
      {
        title: 'Event loop lag, p99',
        unit: 's',
        queries: { '{{instance}}': 'nodejs_eventloop_lag_p99_seconds{job="openrisk"}' },
      },
      { title: 'Memory', unit: 'bytes', queries: { '{{instance}}': 'process_resident_memory_bytes{job="openrisk"}' } },
    ],
    Cache: [
      { title: 'Hit ratio', unit: 'percentunit', queries: { all: 'openrisk:cache_hits:ratio_rate5m' } },
      {
        title: 'Hits and misses',
        unit: 'ops',
        queries: { '{{outcome}}, {{tier}}': 'sum by (outcome, tier) (rate(openrisk_cache_requests_total[5m]))' },
      },
      {
        title: 'Evictions',
        unit: 'ops',
        queries: { '{{cache}}, {{result}}': 'sum by (cache, result) (rate(openrisk_cache_evictions_total[5m]))' },
      },
      {
        title: 'Loads, p95',
        unit: 's',
        queries: { '{{cache}}': quantile(0.95, 'openrisk_cache_load_duration_seconds_bucket', ', cache') },
      },
      { title: 'Kept in the processes', unit: 'bytes', queries: { '{{instance}}': 'openrisk_cache_bytes' } },
      {
        title: 'Breaker (0 closed, 2 open) and deferred evictions',
        unit: 'short',
        queries: {
          'breaker {{instance}}': 'openrisk_cache_breaker_state',
          'deferred {{instance}}': 'openrisk_cache_deferred_evictions',
        },
      },
    ],
    Redis: [
      { title: 'Operations', unit: 'ops', queries: { '{{instance}}': 'rate(redis_commands_processed_total[5m])' } },
      {
        title: 'Memory',
        unit: 'bytes',
        queries: { used: 'redis_memory_used_bytes', maximum: 'redis_memory_max_bytes > 0' },
      },
      {
        title: 'Keys thrown away',
        unit: 'ops',
        queries: { evicted: 'rate(redis_evicted_keys_total[5m])', expired: 'rate(redis_expired_keys_total[5m])' },
      },
    ],
    Postgres: [
      {
        title: 'Connections',
        unit: 'short',
        queries: {
          '{{state}}': 'sum by (state) (pg_stat_activity_count)',
          maximum: 'max(pg_settings_max_connections)',
        },
      },
      {
        title: 'Query performance',
        unit: 's',
        queries: {
          mean: 'openrisk:pg_statement_seconds:mean_rate5m',
          'slowest {{queryid}}':
            'topk(5, sum by (queryid) (rate(pg_stat_statements_seconds_total{user!="openrisk_monitor"}[5m])) / sum by (queryid) (rate(pg_stat_statements_calls_total{user!="openrisk_monitor"}[5m])))',
        },
      },
      {
        title: 'Query throughput',
        unit: 'ops',
        queries: { statements: 'sum(rate(pg_stat_statements_calls_total{user!="openrisk_monitor"}[5m]))' },
      },
      {
        title: 'Connection pool',
        unit: 'short',
        queries: {
          'in use {{instance}}': 'openrisk_db_pool_in_use_connections',
          'waiting {{instance}}': 'openrisk_db_pool_waiting_requests',
          'maximum {{instance}}': 'openrisk_db_pool_max_connections',
        },
      },
      {
        title: 'Answered 503 for want of a connection',
        unit: 'ops',
        queries: { '{{instance}}': 'rate(openrisk_db_pool_timeouts_total[5m])' },
      },
    ],
  },
};

const activity: Page = {
  uid: 'openrisk-activity',
  title: 'OpenRisk: activity and security',
  rows: {
    Access: [
      {
        title: 'Logins',
        unit: 'ops',
        queries: { '{{outcome}}': 'sum by (outcome) (rate(openrisk_logins_total[5m]))' },
      },
      {
        title: 'Refused by limits',
        unit: 'ops',
        queries: { '{{limit}}': 'sum by (limit) (rate(openrisk_rate_limited_total[5m]))' },
      },
      {
        title: 'Sessions refreshed',
        unit: 'ops',
        queries: { '{{outcome}}': 'sum by (outcome) (rate(openrisk_token_refreshes_total[5m]))' },
      },
      {
        title: 'Authorization denials',
        unit: 'ops',
        queries: {
          '{{resource}} {{action}}':
            'sum by (resource, action) (rate(openrisk_authorization_decisions_total{outcome!="allowed"}[5m])) > 0',
        },
      },
      {
        title: 'Denials, deviations from the day before',
        unit: 'short',
        signed: true,
        queries: { 'z-score': 'openrisk:authorization_denials:zscore' },
      },
      {
        title: 'Tenant isolation violations',
        unit: 'short',
        queries: { '{{layer}}': 'sum by (layer) (increase(openrisk_tenant_isolation_violations_total[1h]))' },
      },
    ],
    Work: [
      {
        title: 'What people do',
        unit: 'ops',
        queries: {
          '{{resource}} {{action}}':
            'sum by (resource, action) (rate(openrisk_authorization_decisions_total{outcome="allowed"}[5m])) > 0',
        },
      },
      {
        title: 'Audit entries',
        unit: 'ops',
        queries: {
          '{{outcome}}': 'sum by (outcome) (rate(openrisk_audit_entries_total[5m]))',
          'not written': 'sum(rate(openrisk_audit_write_failures_total[5m]))',
        },
      },
      { title: 'Audit entries to be sealed', unit: 'short', queries: { '{{instance}}': 'openrisk_audit_unsealed' } },
      {
        title: 'Background jobs',
        unit: 'short',
        queries: { '{{kind}} {{outcome}}': 'sum by (kind, outcome) (increase(openrisk_jobs_total[1h])) > 0' },
      },
    ],
  },
};

export const pages: readonly Page[] = [performance, activity, business];
