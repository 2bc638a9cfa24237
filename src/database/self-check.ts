import { Client } from 'pg';

/** The boot stops with this: row level security would not protect one tenant from another. */
export class UnsafeDatabase extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`This database does not keep tenants apart:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'UnsafeDatabase';
  }
}

const ROLE_PROBLEMS = `
  SELECT format('DATABASE_URL connects as %I, which %s', r.rolname, reason) AS problem
  FROM pg_roles r
  CROSS JOIN LATERAL (VALUES
    (r.rolsuper, 'is a superuser: row level security does not bind it'),
    (r.rolbypassrls, 'may bypass row level security'),
    (r.rolcreaterole, 'may create roles, and so make itself another'),
    (EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relnamespace = 'public'::regnamespace),
      'owns tables: it could switch row level security off'),
    (NOT r.rolsuper AND EXISTS (SELECT FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relowner <> r.oid
        AND pg_has_role(r.oid, c.relowner, 'MEMBER')),
      'is a member of the role that owns the tables'),
    (NOT r.rolsuper AND EXISTS (SELECT FROM pg_roles other
      WHERE (other.rolsuper OR other.rolbypassrls) AND pg_has_role(r.oid, other.oid, 'MEMBER')),
      'is a member of a role that row level security does not bind')
  ) AS checks (applies, reason)
  WHERE r.rolname = current_user AND applies`;

/** A tenant table is one with a column tenant_id, and the table of the tenants itself. */
const TABLE_PROBLEMS = `
  WITH tenant_tables AS (
    SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm', 'f')
      AND (c.relname = 'tenants' OR EXISTS (SELECT FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped))
  )
  SELECT format('table %I %s', t.relname, reason) AS problem
  FROM tenant_tables t
  CROSS JOIN LATERAL (VALUES
    (NOT t.relrowsecurity, 'has row level security switched off'),
    (NOT t.relforcerowsecurity, 'does not force row level security on its owner'),
    (NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND p.polcmd = '*'
        AND pg_get_expr(p.polqual, t.oid) LIKE '%current_tenant()%'
        AND pg_get_expr(p.polwithcheck, t.oid) LIKE '%current_tenant()%'),
      'has no policy with USING and WITH CHECK by current_tenant()'),
    (EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND p.polpermissive
        AND NOT coalesce(pg_get_expr(p.polqual, t.oid), pg_get_expr(p.polwithcheck, t.oid), '')
          ~ 'current_tenant\\(\\)|current_user_id\\(\\)'),
      'has a policy that asks neither for the tenant nor for the user')
  ) AS checks (applies, reason)
  WHERE applies
  UNION ALL
  SELECT 'there are no tenant tables' WHERE NOT EXISTS (SELECT FROM tenant_tables)
  ORDER BY problem`;

/**
 * Checks, as the application role, that row level security binds it and closes every tenant table.
 *
 * @throws UnsafeDatabase naming every problem at once
 */
export async function selfCheck(applicationUrl: string): Promise<void> {
  const client = new Client({ connectionString: applicationUrl, application_name: 'openrisk self-check' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const roles = await client.query<{ problem: string }>(ROLE_PROBLEMS);
    const tables = await client.query<{ problem: string }>(TABLE_PROBLEMS);
    const problems = [...roles.rows, ...tables.rows].map(({ problem }) => problem);
    if (problems.length > 0) throw new UnsafeDatabase(problems);
  } finally {
    await client.end();
  }
}
