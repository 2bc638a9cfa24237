import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';

/** Words of titles and descriptions, from common to rare: the n-th is in every n-th text or so. */
const WORDS = ['access', 'server', 'supplier', 'backup', 'payment', 'certificate', 'firmware', 'contractor', 'turbine'];

const RISKS = `
  INSERT INTO risks (tenant_id, id, title, description, category, probability, impact, score, severity, status, owner_id,
    due_date, tags, source, created_at, updated_at)
  SELECT $1, r.id, r.title, r.title || ' is known since ' || r.at::date || ', and nobody has looked into it', r.category,
    r.probability, r.impact, r.score,
    CASE WHEN r.score >= 20 THEN 'CRITICAL' WHEN r.score >= 15 THEN 'HIGH' WHEN r.score >= 10 THEN 'MEDIUM' ELSE 'LOW' END,
    r.status, CASE WHEN r.n % 5 = 0 THEN $4::uuid END, CASE WHEN r.n % 3 = 0 THEN (r.at + interval '400 days')::date END,
    ARRAY['t' || r.n % 50], 'IMPORT', r.at, r.at
  FROM (
    SELECT n, gen_random_uuid() AS id, 1 + n % 5 AS probability, 1 + (n / 5) % 5 AS impact,
      ((1 + n % 5) * (1 + (n / 5) % 5))::float8 AS score,
      (ARRAY['DRAFT', 'IDENTIFIED', 'ASSESSED', 'IN_TREATMENT', 'MITIGATED', 'CLOSED'])[1 + n % 6] AS status,
      (ARRAY['Malware', 'People', 'Cloud', 'Physical'])[1 + n % 4] AS category,
      initcap(($5::text[])[1 + (n * 7) % array_length($5::text[], 1)]) AS title, now() - n % 540 * interval '1 day' AS at
    FROM generate_series($2::int, $3::int) n
  ) r`;

/** Of each second risk one; of three in four something is left to be done. */
const MITIGATIONS = `
  INSERT INTO mitigations (tenant_id, id, risk_id, title, status, progress, cost, duration_days)
  SELECT r.tenant_id, gen_random_uuid(), r.id, 'Replace it', CASE WHEN r.n % 4 = 0 THEN 'DONE' ELSE 'PLANNED' END,
    CASE WHEN r.n % 4 = 0 THEN 100 ELSE 0 END, 1 + r.n % 3, r.n % 365
  FROM (SELECT tenant_id, id, row_number() OVER (ORDER BY id) / 2 AS n, row_number() OVER (ORDER BY id) % 2 AS half
          FROM risks WHERE tenant_id = $1) r
  WHERE r.half = 0`;

/** Risks of this tenant, besides those that it may have, a version of history for each, and mitigations. */
export async function makeRegister(sql: Client, tenantId: string, ownerId: string, risks: number): Promise<void> {
  const titles = titlesOf(2_000);
  for (let from = 1; from <= risks; from += 50_000) {
    const to = Math.min(risks, from + 49_999);
    await sql.query(RISKS, [tenantId, from, to, ownerId, titles]);
  }
  await sql.query(
    `INSERT INTO risk_history (tenant_id, risk_id, version, at, action, status, severity, score, probability, impact,
       due_date, source, snapshot)
     SELECT tenant_id, id, 1, created_at, 'IMPORTED', status, severity, score, probability, impact, due_date, source, '{}'
       FROM risks WHERE tenant_id = $1
     ON CONFLICT DO NOTHING`,
    [tenantId],
  );
  await sql.query(MITIGATIONS, [tenantId]);
}

function titlesOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const common = WORDS.filter((_word, rank) => index % (rank + 1) === 0).slice(-2);
    return [...common, randomUUID().slice(0, 6), 'of', 'site', String(index % 97)].join(' ');
  });
}
