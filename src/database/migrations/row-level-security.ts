/**
 * SQL that closes a tenant table: whoever has said no tenant sees no rows and writes none, its owner included. The
 * sub-select makes Postgres ask for the tenant once per statement, not once per row.
 */
export function closeToOtherTenants(table: string, tenantColumn = 'tenant_id'): string {
  return `
    ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant_isolation ON ${table}
      USING (${tenantColumn} = (SELECT current_tenant()))
      WITH CHECK (${tenantColumn} = (SELECT current_tenant()));
  `;
}
