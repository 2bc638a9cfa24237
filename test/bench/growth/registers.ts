import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DailySnapshots } from '../../../src/dashboard/days/daily-snapshots';
import { Database } from '../../../src/database/database';
import { runInContext } from '../../../src/context/request-context';
import { createTenant } from '../../../src/rbac/tenants/create-tenant';
import type { ApiClient } from '../../support/api-client';
import { withClient } from '../../support/open-database';
import { sessionClient } from '../../support/open-session';
import { createTestApp } from '../../support/test-app';
import { makeRegister } from './register';

const DEEP = 500;

/** A tenant with so many risks, and its Admin. */
export class Register {
  private deep = '';

  constructor(
    private readonly client: ApiClient,
    readonly riskId: string,
  ) {}

  /** @throws Error for any answer but 200 */
  async ask(path: string, changes = false): Promise<{ page?: { nextCursor: string | null } }> {
    const answer = await (changes
      ? this.client.patch(path, { title: `Changed ${randomUUID()}` }, { 'if-match': '*' })
      : this.client.get(path));
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.body as { page?: { nextCursor: string | null } };
  }

  /** Behind so many of its risks, by cursor. */
  async deepPage(): Promise<string> {
    if (this.deep === '') {
      let path = '/api/v1/risks?limit=100';
      for (let items = 0; items < DEEP; items += 100) {
        const { page } = await this.ask(path);
        path = `/api/v1/risks?limit=100&cursor=${page?.nextCursor ?? ''}`;
      }
      this.deep = path.replace('limit=100', 'limit=20');
    }
    return this.deep;
  }
}

export async function openRegisters(
  sizes: readonly number[],
  say: (text: string) => void,
): Promise<{ all: readonly Register[]; close(): Promise<void> }> {
  // Statements on a million rows that nobody has analyzed yet take their time.
  const base = await createTestApp({ env: { CACHE_ENABLED: 'false', DB_STATEMENT_TIMEOUT_MS: '120000' } });
  const made: MadeRegister[] = [];
  for (const size of sizes) {
    const startedAt = performance.now();
    made.push(await makeTenant(base.app, base.database.adminUrl, size));
    say(`a register of ${size.toLocaleString('en')} risks: ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  }
  await withClient(base.database.adminUrl, (sql) => sql.query('VACUUM ANALYZE'));
  // Not before: making the largest may take longer than an access token is good for.
  const all = await Promise.all(
    made.map(
      async ({ tenantId, userId, riskId }) =>
        new Register(await sessionClient(base.app, base.url, tenantId, userId), riskId),
    ),
  );
  return { all, close: () => base.close() };
}

interface MadeRegister {
  readonly tenantId: string;
  readonly userId: string;
  readonly riskId: string;
}

async function makeTenant(app: NestFastifyApplication, adminUrl: string, size: number): Promise<MadeRegister> {
  const [tenantId, email] = [randomUUID(), `${randomUUID()}@example.test`];
  const database = app.get(Database);
  const member = { email, name: 'Admin', role: 'admin', passwordHash: 'none' } as const;
  const userId = (await createTenant(database, { id: tenantId, name: 'Bench', slug: tenantId, members: [member] })).get(
    email,
  );
  if (userId === undefined) throw new Error('The tenant has no Admin');
  const riskId = await withClient(adminUrl, async (sql) => {
    await makeRegister(sql, tenantId, userId, size);
    await sql.query('ANALYZE');
    const { rows } = await sql.query<{ id: string }>('SELECT id FROM risks WHERE tenant_id = $1 LIMIT 1', [tenantId]);
    return rows[0]?.id ?? '';
  });
  const snapshots = app.get(DailySnapshots, { strict: false });
  await runInContext({ requestId: 'bench', tenantId }, () => snapshots.take({ period: new Date() }));
  return { tenantId, userId, riskId };
}
