import { randomBytes, randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { EXAMPLE_CONNECTOR_ID } from '../../src/marketplace/catalogue/catalogue.dto';
import { addRisk, ifVersion } from '../factories/risk';
import { untilSealed } from './audit-chain';
import { withClient } from './open-database';
import { insertInto, tenantTables, type Row } from './tenant-rows';
import type { TestApp, TestTenant } from './test-app';

/** Appears in every text that a tenant has, and nowhere else. */
export function canaryOf({ slug }: TestTenant): string {
  return `canary${slug}q7`;
}

/** Fills the tenant through the API, and what has no API yet with SQL. @returns the ids of its risks */
export async function plantCanaries(app: TestApp, tenant: TestTenant, count: number): Promise<string[]> {
  const canary = canaryOf(tenant);
  const assetId = randomUUID();
  const { admin: ownerId, analyst: assigneeId } = tenant.userIds;
  await asAdmin(app, async (sql) => {
    await sql.query(`UPDATE tenants SET name = $2, metadata = jsonb_build_object($2::text, $2) WHERE id = $1`, [
      tenant.id,
      canary,
    ]);
    await sql.query(`UPDATE roles SET name = name || $2 WHERE tenant_id = $1`, [tenant.id, canary]);
    await sql.query(`UPDATE users SET name = $2, email = $2 || email WHERE id = ANY ($1)`, [
      Object.values(tenant.userIds),
      canary,
    ]);
    await sql.query(
      `INSERT INTO roles (tenant_id, id, name, description, level, permissions) VALUES ($1, $2, 'Custom ' || $3, $3, 0, ARRAY[$3])`,
      [tenant.id, randomUUID(), canary],
    );
    await sql.query(
      `INSERT INTO assets (tenant_id, id, name, type, source, criticality, owner_id) VALUES ($1, $2, $3, $3, $3, 'HIGH', $4)`,
      [tenant.id, assetId, canary, ownerId],
    );
    await plantAccess(sql, tenant, canary);
  });
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const { id } = await addRisk(app.as('admin', tenant), {
      ...{ title: `shared ${canary} ${index}`, description: `shared ${canary}`, category: canary },
      ...{
        tags: [canary, 'shared'],
        frameworks: [canary],
        externalId: `${canary}-${randomUUID()}`,
        customFields: { [canary]: canary, cveId: `CVE-${canary}` },
      },
      ...{ probability: 1 + (index % 5), impact: 4, residualProbability: 1, residualImpact: 2, treatment: 'MITIGATE' },
      ...{ targetProbability: 1, targetImpact: 1 },
      ...{ ownerId, assigneeId, dueDate: '2025-01-01', assetIds: [assetId] },
    });
    const move = { status: 'IDENTIFIED', comment: canary };
    await app.as('admin', tenant).post(`/api/v1/risks/${id}/transition`, move, ifVersion(1));
    ids.push(id);
  }
  await asAdmin(app, async (sql) => {
    const acceptance = `INSERT INTO risk_acceptances (tenant_id, id, risk_id, status, justification, valid_until, risk_version,
        requested_by, decided_by, decided_at, decision_comment, ended_at, end_comment)
      SELECT tenant_id, gen_random_uuid(), id, 'ENDED', $2, '2025-01-01', 1, owner_id, assignee_id, now(), $2, now(), $2
        FROM risks WHERE tenant_id = $1`;
    await sql.query(acceptance, [tenant.id, canary]);
    const review = `INSERT INTO risk_reviews (tenant_id, id, risk_id, risk_version, outcome, note, next_review_at, reviewed_by)
      SELECT tenant_id, gen_random_uuid(), id, 1, 'CONFIRMED', $2, '2025-01-01', owner_id FROM risks WHERE tenant_id = $1`;
    await sql.query(review, [tenant.id, canary]);
    // Under the ids of the risks, so that one id finds something behind every path.
    const mitigation = `INSERT INTO mitigations (tenant_id, id, risk_id, title, assignee_id)
      SELECT tenant_id, id, id, $2, assignee_id FROM risks WHERE tenant_id = $1 AND id = ANY ($3::uuid[])`;
    await sql.query(mitigation, [tenant.id, canary, ids]);
    const step = `INSERT INTO mitigation_sub_actions (tenant_id, id, mitigation_id, title)
      SELECT tenant_id, id, id, $2 FROM mitigations WHERE tenant_id = $1 AND id = ANY ($3::uuid[])`;
    await sql.query(step, [tenant.id, canary, ids]);
    const comment = `INSERT INTO risk_comments (tenant_id, id, risk_id, author_id, text)
      SELECT tenant_id, gen_random_uuid(), id, owner_id, $2 FROM risks WHERE tenant_id = $1`;
    await sql.query(comment, [tenant.id, canary]);
    const source = `INSERT INTO risk_sources (tenant_id, connector, kind, external_id, risk_id, brought, last_run_id)
      SELECT tenant_id, $2, 'LIKELIHOOD', $2, id, to_jsonb($2::text), id FROM risks WHERE tenant_id = $1 AND id = ANY ($3::uuid[])`;
    await sql.query(source, [tenant.id, canary, ids]);
    const job = `INSERT INTO background_jobs (tenant_id, id, kind, created_by) SELECT $1, unnest($2::uuid[]), $3, $4`;
    await sql.query(job, [tenant.id, ids, canary, ownerId]);
    const file = `INSERT INTO job_files (tenant_id, job_id, kind, part, bytes)
      SELECT $1, unnest($2::uuid[]), 'RESULT', 0, convert_to($3, 'UTF8')`;
    await sql.query(file, [tenant.id, ids, canary]);
    const asset = `INSERT INTO assets (tenant_id, id, name, type, source, owner_id) SELECT $1, unnest($2::uuid[]), $3, $3, $3, $4`;
    await sql.query(asset, [tenant.id, ids, canary, ownerId]);
    const field = `INSERT INTO custom_fields (tenant_id, id, key, label, type, pattern, choices)
      SELECT $1, id, id, $3, 'textarea', $3, ARRAY[$3] FROM unnest($2::uuid[]) AS id`;
    await sql.query(field, [tenant.id, ids, canary]);
    // Uninstalled: of each connector one app is live.
    const app = `INSERT INTO apps (tenant_id, id, connector_id, connector, name, status, configuration, last_sync_error)
      SELECT $1, unnest($2::uuid[]), $4::uuid, $3, $3, 'UNINSTALLED', jsonb_build_object($3::text, $3), $3`;
    await sql.query(app, [tenant.id, ids, canary, EXAMPLE_CONNECTOR_ID]);
    const appSecret = `INSERT INTO app_secrets (tenant_id, id, app_id, name, sealed) SELECT $1, id, id, $3, $3 FROM unnest($2::uuid[]) AS id`;
    await sql.query(appSecret, [tenant.id, ids, canary]);
    const appLog = `INSERT INTO connector_logs (tenant_id, id, app_id, action, outcome, duration_ms, error)
      SELECT $1, id, id, $3, 'FAILED', 1, $3 FROM unnest($2::uuid[]) AS id`;
    await sql.query(appLog, [tenant.id, ids, canary]);
    const run = `INSERT INTO sync_runs (tenant_id, id, app_id, job_id, started_by, status, checkpoint, failures, error)
      SELECT $1, id, id, id, 'MANUAL', 'FAILED', $3,
        jsonb_build_array(jsonb_build_object('externalId', $3::text, 'problems', '[]'::jsonb)), $3 FROM unnest($2::uuid[]) AS id`;
    await sql.query(run, [tenant.id, ids, canary]);
    const opinion = `INSERT INTO connector_reviews (tenant_id, id, connector_id, user_id, rating, comment)
      SELECT $1, unnest($2::uuid[]), $4, gen_random_uuid(), 3, $3`;
    await sql.query(opinion, [tenant.id, ids, canary, EXAMPLE_CONNECTOR_ID]);
    const subscriber = `INSERT INTO outbox_subscribers (tenant_id, id, event_types, active) SELECT $1, unnest($2::uuid[]), ARRAY[$3], false`;
    await sql.query(subscriber, [tenant.id, ids, canary]);
    const event = `INSERT INTO outbox_events (tenant_id, id, type, subject_id, data)
      SELECT $1, id, $3, id, jsonb_build_object('title', $3::text) FROM unnest($2::uuid[]) AS id`;
    await sql.query(event, [tenant.id, ids, canary]);
    const delivery = `INSERT INTO outbox_deliveries (tenant_id, id, subscriber_id, event_id, position, subject_id, status, attempts)
      SELECT $1, id, id, id, 0, id, 'CANCELLED', jsonb_build_array(jsonb_build_object('at', now(), 'status', NULL, 'error', $3::text, 'durationMs', 1))
        FROM unnest($2::uuid[]) AS id`;
    await sql.query(delivery, [tenant.id, ids, canary]);
    const entry = `INSERT INTO audit_log (tenant_id, id, action, resource, outcome) SELECT $1, unnest($2::uuid[]), $3, $3, 'DENIED'`;
    await sql.query(entry, [tenant.id, ids, canary]);
  });
  return ids;
}

async function plantAccess(sql: Client, { id, userIds }: TestTenant, canary: string): Promise<void> {
  const insert = async (table: string, row: Row): Promise<void> => {
    await sql.query(insertInto(table, { tenant_id: id, id: randomUUID(), ...row }));
  };
  const secret = { secret_hash: randomBytes(32), expires_at: '2999-01-01' };
  const { rows } = await sql.query<Row>(`SELECT id FROM roles WHERE tenant_id = $1 AND key = 'viewer'`, [id]);
  const labels = (count: number): string[] => Array.from({ length: count }, (_, index) => `${canary} ${index}`);
  await sql.query(
    `INSERT INTO risk_settings (tenant_id, version, at, actor_id, probability_labels, impact_labels, severity_labels,
        medium_from, high_from, critical_from)
     SELECT $1, coalesce(max(version), 0) + 1, now(), $2, $3, $3, $4, 10, 15, 20 FROM risk_settings WHERE tenant_id = $1`,
    [id, userIds.admin, labels(5), labels(4)],
  );
  await insert('teams', { name: `${canary} ${randomUUID()}`, description: canary });
  await insert('invitations', {
    email: `${canary}${randomUUID()}@x.test`,
    role_id: rows[0]?.id,
    invited_by: userIds.admin,
    ...secret,
  });
  await insert('api_tokens', { user_id: userIds.admin, name: canary, grants: [canary], ...secret });
  const { expires_at } = secret;
  await insert('sessions', { user_id: userIds.admin, address: canary, user_agent: canary, expires_at });
  const day = {
    tenant_id: id,
    day: new Date(Math.random() * 1e12),
    tallies: JSON.stringify([canary]),
    created: 1,
    closed: 1,
    overdue: 1,
  };
  await sql.query(insertInto('register_days', day));
  const told = { parameters: { [canary]: canary }, result: JSON.stringify(canary), error: canary };
  await insert('background_jobs', { kind: canary, created_by: userIds.admin, ...told });
  await sql.query(
    insertInto('idempotency_keys', {
      ...{ tenant_id: id, user_id: userIds.admin, route: canary, key: `${canary}-${randomUUID()}` },
      ...{ fingerprint: randomBytes(32), attempt_id: randomUUID(), done_at: '2026-01-01' },
      ...{ answer: JSON.stringify(canary), location: `/${canary}` },
    }),
  );
  const entry = { action: canary, resource: canary, resource_id: canary, request_id: canary, address: canary };
  await insert('audit_log', { actor_id: userIds.admin, ...entry, outcome: 'SUCCESS', details: { [canary]: canary } });
}

/** Gives one tenant everything that another has, under the same ids: whoever forgets the tenant finds two of each. */
export async function plantTwins(app: TestApp, from: TestTenant, to: TestTenant): Promise<void> {
  await asAdmin(app, async (sql) => {
    const { rows: roles } = await sql.query<{ pair: [string, string] }>(
      `SELECT jsonb_build_array(one.id, other.id) AS pair FROM roles one
         JOIN roles other ON other.tenant_id = $2 AND other.key IS NOT DISTINCT FROM one.key
        WHERE one.tenant_id = $1`,
      [from.id, to.id],
    );
    const replacements = [
      [canaryOf(from), canaryOf(to)],
      [from.id, to.id],
      ...Object.entries(from.userIds).map(([role, id]) => [id, to.userIds[role as keyof typeof to.userIds]]),
      ...roles.map(({ pair }) => pair),
    ];
    const replaced = replacements.reduce(
      (text, [one, other]) => `replace(${text}, '${one}', '${other}')`,
      'to_jsonb(t)::text',
    );
    for (const { name } of await tenantTables(sql)) {
      // What is added up of risks comes with the risks.
      if (['tenants', 'roles', 'memberships', 'risk_tallies', 'risk_dues', 'risk_groups', 'job_files'].includes(name))
        continue;
      const { rows } = await sql.query<{ columns: string }>(
        `SELECT string_agg(quote_ident(attname), ', ') AS columns FROM pg_attribute
          WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
        [name],
      );
      const columns = rows[0]?.columns ?? '';
      await sql.query(
        `INSERT INTO ${name} (${columns})
         SELECT ${columns} FROM (SELECT (jsonb_populate_record(NULL::${name}, ${replaced}::jsonb)).*
                                   FROM ${name} t WHERE tenant_id = $1) twin`,
        [from.id],
      );
    }
    // Of bytes no text can be replaced.
    const file = `INSERT INTO job_files (tenant_id, job_id, kind, part, bytes)
      SELECT $2, job_id, kind, part, convert_to($3, 'UTF8') FROM job_files WHERE tenant_id = $1`;
    await sql.query(file, [from.id, to.id, canaryOf(to)]);
  });
}

/** What the routes below /rbac show of a tenant: ids by the name of the room. */
export function idsOfAccess(app: TestApp, { id, userIds }: TestTenant): Promise<ReadonlyMap<string, string[]>> {
  return asAdmin(app, async (sql) => {
    const idsIn = async (table: string): Promise<string[]> => {
      const { rows } = await sql.query<{ id: string }>(`SELECT id FROM ${table} WHERE tenant_id = $1 ORDER BY id`, [
        id,
      ]);
      return rows.map((row) => row.id);
    };
    const [roles, teams] = [await idsIn('roles'), await idsIn('teams')];
    return new Map([
      ['users', Object.values(userIds)],
      ['tenants', [id]],
      ['roles', roles],
      ['connectors', [EXAMPLE_CONNECTOR_ID]],
      ['teams', teams.slice(0, 1)],
    ]);
  });
}

/** Columns of tenant tables that can hold text, but hold no canary of the tenant. */
export function columnsWithoutCanary(app: TestApp, tenant: TestTenant): Promise<string[]> {
  return asAdmin(app, async (sql) => {
    const missing: string[] = [];
    for (const { name, tenantColumn } of await tenantTables(sql)) {
      const { rows: columns } = await sql.query<{ column: string }>(
        `SELECT attname AS column FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
            AND format_type(atttypid, NULL) IN ('text', 'text[]', 'jsonb', 'json', 'character varying', 'tsvector')`,
        [name],
      );
      for (const { column } of columns) {
        const found = `SELECT FROM ${name} WHERE ${tenantColumn} = $1 AND ${column}::text LIKE '%' || $2 || '%' LIMIT 1`;
        if ((await sql.query(found, [tenant.id, canaryOf(tenant)])).rowCount === 0) missing.push(`${name}.${column}`);
      }
    }
    return missing;
  });
}

/** Everything that a tenant has, to see whether anything of it changes. Its audit log is sealed by then: that goes on by itself. */
export function rowsOf(app: TestApp, { id }: TestTenant): Promise<Record<string, Row[]>> {
  return asAdmin(app, async (sql) => {
    await untilSealed(sql, id, 20_000);
    const rows: Record<string, Row[]> = {};
    for (const { name, tenantColumn } of await tenantTables(sql)) {
      const all = await sql.query<Row>(
        `SELECT * FROM ${name} t WHERE ${tenantColumn} = $1 ORDER BY to_jsonb(t)::text`,
        [id],
      );
      rows[name] = all.rows;
    }
    return rows;
  });
}

/** Switches row level security of every table, as only its owner can. */
export function setRowLevelSecurity(app: TestApp, isOn: boolean): Promise<void> {
  return asAdmin(app, async (sql) => {
    for (const { name } of await tenantTables(sql)) {
      await sql.query(`ALTER TABLE ${name} ${isOn ? 'ENABLE' : 'DISABLE'} ROW LEVEL SECURITY`);
    }
  });
}

function asAdmin<T>({ database }: TestApp, work: (sql: Client) => Promise<T>): Promise<T> {
  return withClient(database.adminUrl, work);
}
