import { Database } from '../../src/database/database';
import { SelectedRisks } from '../../src/risk/export/selected-risks';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';

/** More than two batches. */
const COUNT = 1201;

describe('the risks of an export', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp();
    await inSql(
      `INSERT INTO risks (tenant_id, id, title, probability, impact, score, severity)
       SELECT $1, gen_random_uuid(), 'Risk ' || lpad(n::text, 4, '0'), 1, 1, 1, 'LOW' FROM generate_series(1, $2::int) n`,
      [app.acme.id, COUNT],
    );
  });
  afterAll(() => app.close());

  const inSql = (sql: string, parameters: unknown[]): Promise<unknown> =>
    withClient(app.database.adminUrl, (client) => client.query(sql, parameters));

  it('are those that were there when it began, each once, as they are when their turn comes', async () => {
    const selection = {
      scope: { tenantId: app.acme.id, userId: app.acme.userIds.admin },
      ...{ filter: {}, sort: 'title', today: '2026-01-01', reaches: ['tenant' as const] },
    };
    const risks = await SelectedRisks.of(app.app.get(Database), selection, 10_000);
    expect(risks.count).toBe(COUNT);
    await risks.begin();
    const titles: string[] = [];
    for await (const batch of risks.batches()) {
      if (titles.length === 0) await changeTheRegister();
      titles.push(...batch.map(({ title }) => title));
    }
    const expected = Array.from({ length: COUNT }, (_, n) => `Risk ${String(n + 1).padStart(4, '0')}`);
    expected[COUNT - 1] = 'A';
    expect(titles).toEqual(expected.filter((title) => title !== 'Risk 0900'));
  });

  /** The first moves to the end of the list, the last to its beginning; one goes, one comes. */
  async function changeTheRegister(): Promise<void> {
    await inSql(`UPDATE risks SET title = 'Z' WHERE tenant_id = $1 AND title = 'Risk 0001'`, [app.acme.id]);
    await inSql(`UPDATE risks SET title = 'A' WHERE tenant_id = $1 AND title = 'Risk 1201'`, [app.acme.id]);
    await inSql(`UPDATE risks SET deleted_at = now() WHERE tenant_id = $1 AND title = 'Risk 0900'`, [app.acme.id]);
    await inSql(
      `INSERT INTO risks (tenant_id, id, title, probability, impact, score, severity)
       VALUES ($1, gen_random_uuid(), 'Risk 1100 b', 1, 1, 1, 'LOW')`,
      [app.acme.id],
    );
  }
});
