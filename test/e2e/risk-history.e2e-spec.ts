import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { RiskVersionResponse } from '../../src/risk/history/history.dto';
import type { RiskResponse, UpdateRisk } from '../../src/risk/risk.dto';
import { addMitigation } from '../factories/mitigation';
import { addRisk } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';

const any = { 'if-match': '*' };
/** Not of the risk, but of its version. */
const bookkeeping = ['version', 'updatedAt'];

describe('the history of a risk', () => {
  let app: TestApp;
  let admin: ApiClient;
  const assetIds = [randomUUID(), randomUUID()];

  beforeAll(async () => {
    app = await createTestApp();
    admin = app.as('admin');
    await withClient(app.database.adminUrl, (client) =>
      client.query(
        `INSERT INTO assets (tenant_id, id, name, type, criticality) VALUES ($1, $2, 'A', '', 'CRITICAL'), ($1, $3, 'B', '', 'LOW')`,
        [app.acme.id, ...assetIds],
      ),
    );
  });
  afterAll(() => app.close());

  const path = (id: string): string => `/api/v1/risks/${id}`;
  const risk = async (id: string): Promise<RiskResponse> => (await admin.get(path(id))).body;

  /** Page by page, from the newest back. */
  async function history(id: string, limit: number): Promise<RiskVersionResponse[]> {
    const versions: RiskVersionResponse[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await admin.get(`${path(id)}/history?limit=${limit}${cursor && `&cursor=${cursor}`}`);
      versions.push(...body.items);
      cursor = body.page.nextCursor;
    }
    return versions;
  }

  const rating = fc.integer({ min: 1, max: 5 });
  const word = fc.stringMatching(/^[a-zé✓]{1,12}$/);
  const change: fc.Arbitrary<UpdateRisk> = fc.oneof(
    fc.record({ title: word }),
    fc.record({ description: fc.oneof(word, fc.constant('')), category: fc.option(word) }),
    fc.record({ probability: rating, impact: rating }),
    fc.oneof(
      fc.record({ residualProbability: rating, residualImpact: rating }),
      fc.constant({ residualProbability: null, residualImpact: null }),
    ),
    fc.record({ tags: fc.uniqueArray(word, { maxLength: 3 }), frameworks: fc.subarray(['NIST', 'ISO27001']) }),
    fc.record({ assetIds: fc.subarray(assetIds) }),
    fc.record({
      dueDate: fc.constantFrom(null, '2030-01-01', '2031-12-31'),
      treatment: fc.constantFrom(null, 'MITIGATE' as const),
    }),
  );
  type Step = UpdateRisk | 'delete and restore' | 'move';
  const step = fc.oneof(
    { weight: 8, arbitrary: change },
    { weight: 1, arbitrary: fc.constant<Step>('delete and restore') },
    { weight: 1, arbitrary: fc.constant<Step>('move') },
  );
  const steps = fc.array(step, { minLength: 1, maxLength: 12 });

  async function take(id: string, next: Step): Promise<void> {
    if (next === 'delete and restore') {
      expect((await admin.delete(path(id), any)).status).toBe(204);
      expect((await admin.post(`${path(id)}/restore`)).status).toBe(200);
    } else if (next === 'move') {
      const { moves } = (await admin.get(`${path(id)}/transitions`)).body;
      const { status } = moves.find(({ allowed }: { allowed: boolean }) => allowed);
      expect((await admin.post(`${path(id)}/transition`, { status, comment: 'On.' }, any)).status).toBe(200);
    } else {
      expect((await admin.patch(path(id), next, any)).status).toBe(200);
    }
  }

  it('leads back, change by change, from what the risk is to what it was', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 5 }), async (taken, limit) => {
        const created = await addRisk(admin, { tags: ['first'], assetIds: [assetIds[0]!] });
        for (const next of taken) await take(created.id, next);
        const now = await risk(created.id);
        const versions = await history(created.id, limit);
        expect(versions.map(({ version }) => version)).toEqual(
          Array.from({ length: now.version }, (_, index) => now.version - index),
        );
        const state = { ...now } as Record<string, unknown>;
        for (const { changes, version } of versions) {
          if (version > 1) expect(changes.length).toBeGreaterThan(0);
          for (const { field, before, after } of changes) {
            expect({ version, field, value: state[field] }).toEqual({ version, field, value: after });
            expect(before).not.toEqual(after);
            state[field] = before;
          }
        }
        for (const name of bookkeeping) state[name] = created[name as 'version' | 'updatedAt'];
        expect(state).toEqual(created);
      }),
      { numRuns: 25 },
    );
  }, 240_000);

  it('is walked without gaps or repetitions while it grows', async () => {
    const { id } = await addRisk(admin);
    for (const title of 'abcdef') await take(id, { title });
    const first = (await admin.get(`${path(id)}/history?limit=3`)).body;
    for (const title of 'ghi') await take(id, { title });
    const second = (await admin.get(`${path(id)}/history?limit=3&cursor=${first.page.nextCursor}`)).body;
    const third = (await admin.get(`${path(id)}/history?limit=3&cursor=${second.page.nextCursor}`)).body;
    const versions = [first, second, third].flatMap(({ items }) => items as RiskVersionResponse[]);
    expect(versions.map(({ version }) => version)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    const back = (await admin.get(`${path(id)}/history?limit=5&cursor=${second.page.prevCursor}`)).body;
    expect(back.items.map(({ version }: RiskVersionResponse) => version)).toEqual([9, 8, 7, 6, 5]);
  });

  it('knows nothing of mitigations but what they do to the risk', async () => {
    const { id } = await addRisk(admin);
    const { id: mitigationId } = await addMitigation(admin, id);
    await admin.patch(`/api/v1/mitigations/${mitigationId}`, { status: 'DONE' }, any);
    expect((await risk(id)).version).toBe(1);
    expect(await history(id, 20)).toHaveLength(1);
  });

  it('has cursors of its own', async () => {
    const [one, other] = [await addRisk(admin), await addRisk(admin)];
    for (const { id } of [one, other]) await take(id, { title: 'Changed' });
    const { page } = (await admin.get(`${path(one.id)}/history?limit=1`)).body;
    expectProblem(await admin.get(`${path(other.id)}/history?limit=1&cursor=${page.nextCursor}`), 400);
    expectProblem(await app.as('admin', app.globex).get(`${path(one.id)}/history?cursor=${page.nextCursor}`), 400);
  });
});
