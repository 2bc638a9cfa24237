import type { MatrixCellResponse } from '../../src/risk/matrix/matrix.dto';
import { addRisk, ifVersion } from '../factories/risk';
import { withClient } from '../support/open-database';
import type { ApiClient } from '../support/api-client';
import { createTestApp, type TestApp } from '../support/test-app';

describe('the risk matrix', () => {
  let app: TestApp;
  let analyst: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
    for (let index = 0; index < 24; index++) {
      await addRisk(analyst, { probability: 1 + (index % 3), impact: 1 + (index % 5) });
    }
    const gone = await addRisk(analyst, { probability: 5, impact: 5 });
    await app.as('admin').delete(`/api/v1/risks/${gone.id}`, ifVersion(1));
    await addRisk(app.as('analyst', app.globex), { probability: 5, impact: 5 });
    // Ages that no route can give: 2, 12, 22 ... days.
    await withClient(app.database.adminUrl, (client) =>
      client.query(
        `UPDATE risks SET created_at = date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
           - make_interval(days => (2 + 10 * position)::int)
           FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS position FROM risks) AS numbered
          WHERE numbered.id = risks.id`,
      ),
    );
  });
  afterAll(() => app.close());

  it.each([
    ['week', 1],
    ['month', 3],
    ['quarter', 9],
    ['year', 24],
    ['all', 24],
  ])('counts for the period %s exactly what the linked lists hold', async (period, total) => {
    const { body } = await analyst.get(`/api/v1/risks/matrix?period=${period}`);
    const cells = body.cells as MatrixCellResponse[];
    expect(cells.map(({ probability, impact }) => probability * 10 + impact)).toEqual(
      [1, 2, 3, 4, 5].flatMap((probability) => [1, 2, 3, 4, 5].map((impact) => probability * 10 + impact)),
    );
    for (const cell of cells) {
      const list = await analyst.get(`${cell.href}&total=true`);
      expect(list.body.total).toBe(cell.count);
      expect(list.body.items.slice(0, 5).map(({ id }: { id: string }) => id)).toEqual(cell.riskIds);
    }
    expect(cells.reduce((sum, { count }) => sum + count, 0)).toBe(total);
  });

  it('tells the severity of each cell', async () => {
    const { body } = await analyst.get('/api/v1/risks/matrix');
    const severityOf = (probability: number, impact: number): string =>
      body.cells[(probability - 1) * 5 + impact - 1].severity;
    expect([severityOf(1, 1), severityOf(2, 5), severityOf(3, 5), severityOf(4, 5)]).toEqual([
      'LOW',
      'MEDIUM',
      'HIGH',
      'CRITICAL',
    ]);
  });

  it('refuses other periods', async () => {
    expect((await analyst.get('/api/v1/risks/matrix?period=day')).status).toBe(400);
  });
});
