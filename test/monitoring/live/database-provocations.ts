import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { withClient } from '../../support/open-database';

import type { Provocation } from './provocation';

const SLOW_MS = 700;
const CONNECTIONS = 45;

const sql = (url: string, statement: string): Promise<unknown> => withClient(url, (client) => client.query(statement));

export const slowDatabase: Provocation = {
  expected: { HighApiLatency: ['performance'], DbPoolSaturated: ['performance'], LowCacheHitRate: ['performance'] },
  provoke: ({ stack: { toPostgres }, traffic }) => {
    toPostgres.delayMs = SLOW_MS;
    traffic.isUnique = true;
    return Promise.resolve(() => {
      toPostgres.delayMs = 0;
      traffic.isUnique = false;
      return Promise.resolve();
    });
  },
};

export const noAuditLog: Provocation = {
  // In this order: what fails for minutes is told before it has eaten too much of the month.
  expected: {
    AuditWriteFailures: ['critical', 'security'],
    HighApiErrorRate: ['default'],
    SloBurn14x: ['critical'],
    SloBurn6x: ['critical'],
  },
  provoke: async ({ stack: { adminUrl } }) => {
    await sql(adminUrl, 'REVOKE INSERT ON audit_log FROM openrisk_app');
    return () => sql(adminUrl, 'GRANT INSERT ON audit_log TO openrisk_app');
  },
};

export const noStatistics: Provocation = {
  expected: { PostgresMetricsMissing: ['default'] },
  provoke: async ({ stack: { adminUrl } }) => {
    await sql(adminUrl, 'DROP EXTENSION pg_stat_statements');
    return () => sql(adminUrl, 'CREATE EXTENSION pg_stat_statements');
  },
};

export const failedJob: Provocation = {
  expected: { JobsFailing: ['default'] },
  // As pg-boss leaves one there that was tried too often.
  provoke: async ({ stack: { adminUrl } }) => {
    await sql(
      adminUrl,
      `INSERT INTO pgboss.job (name, data)
       SELECT 'given-up', json_build_object('kind', 'risk.compact-tallies', 'tenantId', id) FROM tenants LIMIT 1`,
    );
    return () => Promise.resolve();
  },
};

export const slowStatements: Provocation = {
  expected: { HighDatabaseConnections: ['performance'], SlowDatabaseQueries: ['performance'] },
  provoke: ({ stack: { adminUrl }, traffic }) => {
    traffic.isPaused = true;
    let isOver = false;
    const connections = Array.from({ length: CONNECTIONS }, async () => {
      await withClient(adminUrl, async (client) => {
        while (!isOver) await client.query('SELECT pg_sleep(3)');
      });
    });
    return Promise.resolve(async () => {
      isOver = true;
      await Promise.all(connections);
      traffic.isPaused = false;
    });
  },
};

/** Five minutes are five minutes: they are compared with, and not looked back over. */
export const longTransaction: Provocation = {
  expected: { LongRunningTransaction: ['performance'] },
  provoke: async ({ stack: { adminUrl } }) => {
    const client = new Client({ connectionString: adminUrl });
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1');
    return () => client.end();
  },
};

export const noPostgres: Provocation = {
  expected: { PostgresDown: ['critical'] },
  provoke: async ({ stack: { toPostgres, exporterToPostgres }, traffic }) => {
    await traffic.settle();
    const proxies = [toPostgres, exporterToPostgres];
    for (const proxy of proxies) {
      proxy.refusing = true;
      proxy.cut();
    }
    return async () => {
      for (const proxy of proxies) proxy.refusing = false;
      // What is asked before there is a connection again would fail.
      await pause(3_000);
      traffic.isPaused = false;
    };
  },
};
