import { Client, DatabaseError } from 'pg';
import type { ChainHead } from '../../src/audit/audit-chain';
import { sqlTypes } from '../../src/database/sql-types';
import { addTenant, untilSealed, verify } from '../support/audit-chain';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { openAudit, type OpenAudit } from '../support/open-audit';

describe('an audit log that somebody tampers with', () => {
  let testDatabase: TestDatabase;
  let admin: Client;
  let audit: OpenAudit;
  let tenant: string;
  let noted: ChainHead;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    admin = new Client({ connectionString: testDatabase.adminUrl, types: sqlTypes });
    await admin.connect();
    audit = await openAudit(testDatabase.applicationUrl);
    tenant = await addTenant(admin);
    await audit.record(tenant, 12, { before: 1 });
    await untilSealed(admin, tenant);
    ({ head: noted } = await verify(admin, tenant));
  });
  afterAll(async () => {
    await audit.close();
    await admin.end();
    await testDatabase.drop();
  });

  const entryAt = (position: number): string =>
    `(SELECT entry_id FROM audit_seals WHERE tenant_id = $1 AND position = ${position})`;
  const insertEntry = `INSERT INTO audit_log (tenant_id, id, at, action, resource, outcome)
    VALUES ($1, '00000000-0000-7000-8000-000000000000', now() - interval '1 day', 'x', 'x', 'SUCCESS')`;

  /** As the one who may do anything: a superuser who switches the triggers off, too. Undone in the end. */
  async function afterTampering<T>(statements: readonly string[], look: () => Promise<T>): Promise<T> {
    await admin.query('BEGIN');
    try {
      await admin.query('SET LOCAL session_replication_role = replica');
      for (const sql of statements) {
        const { rowCount } = await admin.query(sql, [tenant]);
        expect(rowCount).toBeGreaterThan(0);
      }
      return await look();
    } finally {
      await admin.query('ROLLBACK');
    }
  }

  it('is whole before', async () => {
    expect(await verify(admin, tenant, [noted])).toMatchObject({ entries: 12, sealed: 12, problem: null });
  });

  const edit = (change: string): string => `UPDATE audit_log SET ${change} WHERE tenant_id = $1 AND id = ${entryAt(5)}`;
  const swap = (column: string): string => `
    UPDATE audit_seals s SET ${column} = other.${column} FROM audit_seals other
     WHERE s.tenant_id = $1 AND other.tenant_id = $1 AND s.position IN (5, 6) AND other.position = 11 - s.position`;
  const withoutUniqueness = 'ALTER TABLE audit_seals DROP CONSTRAINT audit_seals_entry_key';

  it.each<[string, string[], RegExp]>([
    ['an outcome', [edit(`outcome = 'DENIED'`)], /^position 5: entry .+ was changed$/],
    ['a millisecond', [edit(`at = at + interval '1 ms'`)], /^position 5: /],
    ['who did it', [edit('actor_id = tenant_id')], /^position 5: /],
    ['a value in the details', [edit(`details = '{"before": 2}'`)], /^position 5: /],
    ['the form of a number in the details', [edit(`details = '{"before": 1.0}'`)], /^position 5: /],
    ['nothing into an empty text', [edit(`request_id = ''`)], /^position 5: /],
    [
      'the instant of a seal',
      [`UPDATE audit_seals SET sealed_at = sealed_at + interval '1 s' WHERE tenant_id = $1 AND position = 5`],
      /^position 5: /,
    ],
    ['a hash', [`UPDATE audit_seals SET hash = sha256(hash) WHERE tenant_id = $1 AND position = 5`], /^position 5: /],
    [
      'an id',
      [`UPDATE audit_log SET id = gen_random_uuid() WHERE tenant_id = $1 AND id = ${entryAt(5)}`],
      /^position 5: entry .+ was deleted$/,
    ],
  ])('is found out to have been edited: %s', async (_what, statements, problem) => {
    expect((await afterTampering(statements, () => verify(admin, tenant))).problem).toMatch(problem);
  });

  it.each<[string, string[], RegExp]>([
    [
      'an entry',
      [`DELETE FROM audit_log WHERE tenant_id = $1 AND id = ${entryAt(5)}`],
      /^position 5: entry .+ was deleted$/,
    ],
    [
      'an entry with its seal',
      [
        `DELETE FROM audit_log WHERE tenant_id = $1 AND id = ${entryAt(5)}`,
        `DELETE FROM audit_seals WHERE tenant_id = $1 AND position = 5`,
      ],
      /^position 5 is missing$/,
    ],
    [
      'the first entry with its seal',
      [
        `DELETE FROM audit_log WHERE tenant_id = $1 AND id = ${entryAt(1)}`,
        `DELETE FROM audit_seals WHERE tenant_id = $1 AND position = 1`,
      ],
      /^position 1 is missing$/,
    ],
    [
      'a seal, the others moved up',
      [
        `DELETE FROM audit_log WHERE tenant_id = $1 AND id = ${entryAt(5)}`,
        `DELETE FROM audit_seals WHERE tenant_id = $1 AND position = 5`,
        ...[6, 7, 8, 9, 10, 11, 12].map(
          (position) =>
            `UPDATE audit_seals SET position = ${position - 1} WHERE tenant_id = $1 AND position = ${position}`,
        ),
      ],
      /^position 5: /,
    ],
    [
      'the seals at the end, not their entries',
      [`DELETE FROM audit_seals WHERE tenant_id = $1 AND position > 9`],
      /^entry .+ was inserted past the application, or/,
    ],
  ])('is found out to miss %s', async (_what, statements, problem) => {
    expect((await afterTampering(statements, () => verify(admin, tenant))).problem).toMatch(problem);
  });

  it('is found out to hold an entry that was inserted into the past', async () => {
    const { problem } = await afterTampering([insertEntry], () => verify(admin, tenant));
    expect(problem).toMatch(/^entry 00000000-0000-7000-8000-000000000000 was inserted past the application/);
  });

  it('shows an entry of the past that was slipped in with everything that belongs to it as sealed late', async () => {
    const slipped = [
      insertEntry.replace('1 day', '25 hours'),
      `INSERT INTO audit_unsealed VALUES ($1, '00000000-0000-7000-8000-000000000000')`,
    ];
    await admin.query('BEGIN');
    for (const sql of slipped) await admin.query(sql, [tenant]);
    await admin.query('COMMIT');
    await audit.record(tenant, 1);
    await untilSealed(admin, tenant);
    expect(await verify(admin, tenant, [noted])).toMatchObject({ late: 1, entries: 14, problem: null });
  });

  it.each([
    ['the entries of two seals are exchanged', [withoutUniqueness, swap('entry_id')]],
    ['so are their hashes', [withoutUniqueness, swap('entry_id'), swap('hash')]],
  ])('is found out to be in another order when %s', async (_how, [first = '', ...statements]) => {
    await admin.query('BEGIN');
    try {
      await admin.query('SET LOCAL session_replication_role = replica');
      await admin.query(first);
      for (const sql of statements) await admin.query(sql, [tenant]);
      expect((await verify(admin, tenant)).problem).toMatch(/^position 5: entry .+ was changed$/);
    } finally {
      await admin.query('ROLLBACK');
    }
  });

  const cutOff = [
    `DELETE FROM audit_log WHERE tenant_id = $1 AND id IN (SELECT entry_id FROM audit_seals WHERE tenant_id = $1 AND position > 9)`,
    `DELETE FROM audit_seals WHERE tenant_id = $1 AND position > 9`,
  ];

  it('is found out to have lost its end by whoever noted a head, and by nobody else', async () => {
    await afterTampering(cutOff, async () => {
      expect((await verify(admin, tenant)).problem).toBeNull();
      const { problem } = await verify(admin, tenant, [noted]);
      expect(problem).toBe('the chain ends at 9, but position 12 was noted: its end was cut off');
    });
  });

  it('is found out to have been written anew from some place on by whoever noted a head behind it', async () => {
    await afterTampering([...cutOff, edit(`outcome = 'DENIED'`)], async () => {
      await admin.query('DELETE FROM audit_seals WHERE tenant_id = $1 AND position >= 5', [tenant]);
      await admin.query(
        `INSERT INTO audit_unsealed SELECT tenant_id, id FROM audit_log l WHERE tenant_id = $1
           AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.tenant_id = $1 AND s.entry_id = l.id)`,
        [tenant],
      );
      expect((await verify(admin, tenant)).unsealed).toBe(5);
      expect((await verify(admin, tenant, [noted])).problem).toMatch(/its end was cut off$/);
    });
    const other = { position: 7, hash: 'f'.repeat(64) };
    expect((await verify(admin, tenant, [noted, other])).problem).toMatch(/^position 7 has another hash than the one/);
  });

  it('is found out to have lost an entry before it was sealed', async () => {
    const lost = [`INSERT INTO audit_unsealed VALUES ($1, gen_random_uuid())`];
    const { problem } = await afterTampering(lost, () => verify(admin, tenant));
    expect(problem).toMatch(/^entry .+ was deleted before it was sealed$/);
  });

  describe('can be changed in SQL', () => {
    const changes = ['audit_log', 'audit_seals'].flatMap((table) => [
      `UPDATE ${table} SET tenant_id = tenant_id WHERE tenant_id = $1`,
      `DELETE FROM ${table} WHERE tenant_id = $1`,
      `TRUNCATE ${table}`,
    ]);

    it.each(changes.flatMap((sql) => (['application', 'owner'] as const).map((role) => [role, sql] as const)))(
      'not by the %s with %s',
      async (role, sql) => {
        const client = new Client({ connectionString: testDatabase[`${role}Url`] });
        await client.connect();
        try {
          await client.query(`SELECT set_config('app.tenant_id', $1, false)`, [tenant]);
          const attempt = client.query(sql, sql.includes('$1') ? [tenant] : []);
          await expect(attempt).rejects.toThrow(DatabaseError);
          await expect(attempt).rejects.toMatchObject({ code: '42501' });
        } finally {
          await client.end();
        }
      },
    );

    it('by its owner once the tenant is deleted: the log goes with it', async () => {
      const gone = await addTenant(admin);
      await audit.record(gone, 2);
      await untilSealed(admin, gone);
      await admin.query(`UPDATE tenants SET status = 'DELETED', deleted_at = now() WHERE id = $1`, [gone]);
      const owner = new Client({ connectionString: testDatabase.ownerUrl });
      await owner.connect();
      try {
        await owner.query(`SELECT set_config('app.tenant_id', $1, false)`, [gone]);
        for (const table of ['audit_seals', 'audit_log']) {
          expect((await owner.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [gone])).rowCount).toBe(2);
        }
      } finally {
        await owner.end();
      }
    });
  });
});
