import { randomUUID } from 'node:crypto';
import { runInContext } from '../../../src/context/request-context';
import { Database } from '../../../src/database/database';
import { subscribe } from '../../../src/outbox/subscribers';
import { createTenant } from '../../../src/rbac/tenants/create-tenant';
import { addRisk } from '../../factories/risk';
import { withClient } from '../../support/open-database';
import { sessionClient } from '../../support/open-session';
import type { TestApp } from '../../support/test-app';

/** A risk of a tenant of its own, with so many webhooks. */
export interface ChangedRisk {
  /** @throws Error for any answer but 200 */
  change(): Promise<void>;
  /** @throws Error unless each webhook is to be told of so many changes */
  assertTold(changes: number): Promise<void>;
}

export async function openChangedRisk({ app, url, database }: TestApp, webhooks: number): Promise<ChangedRisk> {
  const tenantId = randomUUID();
  const email = 'admin@bench.test';
  const member = { email, name: 'Admin', role: 'admin', passwordHash: 'none' } as const;
  const ids = await createTenant(app.get(Database), { id: tenantId, name: 'Bench', slug: tenantId, members: [member] });
  const userId = ids.get(email);
  if (userId === undefined) throw new Error('The tenant has no Admin');
  await runInContext({ requestId: 'bench', tenantId }, () =>
    app.get(Database).transaction(async (tx) => {
      for (let each = 0; each < webhooks; each++) {
        await subscribe(tx, { id: randomUUID(), eventTypes: [], active: true });
      }
    }),
  );
  const client = await sessionClient(app, url, tenantId, userId);
  const { id } = await addRisk(client);
  const path = `/api/v1/risks/${id}`;
  return {
    change: async () => {
      const answer = await client.patch(path, { title: `Changed ${randomUUID()}` }, { 'if-match': '*' });
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    },
    assertTold: (changes) =>
      withClient(database.adminUrl, async (sql) => {
        const { rowCount } = await sql.query(
          `SELECT FROM outbox_deliveries d JOIN outbox_events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id
            WHERE d.tenant_id = $1 AND e.type = 'risk.updated'`,
          [tenantId],
        );
        if (rowCount !== changes * webhooks) throw new Error(`${rowCount} deliveries of ${changes} changes`);
      }),
  };
}
