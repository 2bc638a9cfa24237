import type { Fault } from './fault';

const isolation = 'test/e2e/tenant-isolation';
const rowSecurity = 'test/integration/database-isolation';

/** Mistakes in what keeps tenants apart. */
export const isolationFaults: readonly Fault[] = [
  {
    name: 'the tenant is left out of the cache key',
    file: 'src/cache/cache-key.ts',
    find: "return tenantId === undefined ? 'shared' : joinPath(['tenant', ...encodeSegments([tenantId])]);",
    replace: "return tenantId === undefined ? 'shared' : 'tenant';",
    caughtBy: [isolation],
  },
  {
    name: 'the policy of row level security lets every row through',
    file: 'src/database/migrations/row-level-security.ts',
    find: 'USING (${tenantColumn} = (SELECT current_tenant()))',
    replace: 'USING (true OR ${tenantColumn} = (SELECT current_tenant()))',
    caughtBy: [rowSecurity],
  },
  {
    name: 'FORCE is dropped',
    file: 'src/database/migrations/row-level-security.ts',
    find: 'ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;',
    replace: '',
    caughtBy: [rowSecurity],
  },
  {
    name: 'WITH CHECK is dropped',
    file: 'src/database/migrations/row-level-security.ts',
    find: 'WITH CHECK (${tenantColumn} = (SELECT current_tenant()))',
    replace: 'WITH CHECK (true)',
    caughtBy: [rowSecurity],
  },
  {
    name: 'the tenant of a session is not told to Postgres anew',
    file: 'src/database/scope.ts',
    find: "set_config('app.tenant_id', $1, true)",
    replace: "set_config('app.tenant_id', $1, false)",
    caughtBy: ['test/integration/database-read', 'test/integration/database-transaction'],
  },
];
