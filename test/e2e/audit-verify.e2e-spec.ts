import { Client } from 'pg';
import { addTenant, untilSealed } from '../support/audit-chain';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { openAudit } from '../support/open-audit';
import { runProduct } from '../support/product-process';

describe('npm run audit:verify', () => {
  let testDatabase: TestDatabase;
  let admin: Client;
  let tenants: readonly [whole: string, tampered: string];
  const slugOf = (tenantId: string): string => `t-${tenantId.slice(0, 30)}`;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    admin = new Client({ connectionString: testDatabase.adminUrl });
    await admin.connect();
    tenants = [await addTenant(admin), await addTenant(admin)];
    const audit = await openAudit(testDatabase.applicationUrl);
    for (const tenant of tenants) {
      await audit.record(tenant, 5);
      await untilSealed(admin, tenant);
    }
    await audit.close();
  });
  afterAll(async () => {
    await admin.end();
    await testDatabase.drop();
  });

  async function verify(...args: string[]): Promise<{ code: number | null; output: string }> {
    const product = runProduct('verify-audit', args, { DATABASE_URL: testDatabase.applicationUrl });
    const code = await product.ended();
    return { code, output: product.output() };
  }

  it('says of every tenant that all is well, and names the heads to be noted', async () => {
    const { code, output } = await verify();
    expect(code).toBe(0);
    for (const tenant of tenants) {
      expect(output).toMatch(new RegExp(`^${slugOf(tenant)} +5 +5 +0 +0 +none$`, 'm'));
      expect(output).toMatch(new RegExp(`^--tenant ${slugOf(tenant)} --expect 5:[0-9a-f]{64}$`, 'm'));
    }
  });

  it('ends with 2 and names the place where something was changed; of that tenant only', async () => {
    const [whole, tampered] = tenants;
    const noted = /--expect (\S+)/.exec((await verify('--tenant', slugOf(tampered))).output)?.[1] ?? '';
    await admin.query('SET session_replication_role = replica');
    await admin.query(`DELETE FROM audit_log WHERE tenant_id = $1 AND resource_id = '4'`, [tampered]);
    await admin.query(`DELETE FROM audit_seals WHERE tenant_id = $1 AND position = 5`, [tampered]);
    expect(await verify('--tenant', slugOf(tampered))).toMatchObject({ code: 0 });
    const cutOff = await verify('--tenant', slugOf(tampered), '--expect', noted);
    expect(cutOff.code).toBe(2);
    expect(cutOff.output).toContain('the chain ends at 4, but position 5 was noted: its end was cut off');

    await admin.query(`UPDATE audit_log SET outcome = 'DENIED' WHERE tenant_id = $1 AND resource_id = '1'`, [tampered]);
    const all = await verify();
    expect(all.code).toBe(2);
    expect(all.output).toMatch(new RegExp(`^${slugOf(tampered)} .* position 2: entry .+ was changed$`, 'm'));
    expect(all.output).toMatch(new RegExp(`^${slugOf(whole)} .* none$`, 'm'));
    expect((await verify('--tenant', slugOf(whole))).code).toBe(0);
  });

  it.each([
    [['--help'], 0, /^Usage: npm run audit:verify/m],
    [['--tenant', 'nobody'], 1, /^There is no tenant nobody\.$/m],
    [['--expect', '1:ab', '--tenant', 'x'], 1, /^--expect 1:ab is not <position>:<hash>\.$/m],
    [['--expect', `1:${'a'.repeat(64)}`], 1, /^--expect needs --tenant\.$/m],
    [['--unknown'], 1, /--unknown/],
  ])('answers %j with exit code %d', async (args, expected, told) => {
    const { code, output } = await verify(...args);
    expect({ code, output }).toEqual({ code: expected, output: expect.stringMatching(told) });
  });
});
