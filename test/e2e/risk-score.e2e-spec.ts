import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { RiskResponse } from '../../src/risk/risk.dto';
import type { ExplainedScoreResponse } from '../../src/risk/score/score.dto';
import { addRisk, ifVersion } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { withClient } from '../support/open-database';
import { createTestApp, type TestApp } from '../support/test-app';

const CRITICALITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];

describe('the explained score', () => {
  let app: TestApp;
  let analyst: ApiClient;
  /** Three of each criticality. */
  const assetIds: string[] = [];

  beforeAll(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
    for (const [index, criticality] of [...CRITICALITIES, ...CRITICALITIES, ...CRITICALITIES].entries()) {
      const id = randomUUID();
      assetIds.push(id);
      await sql(`INSERT INTO assets (tenant_id, id, name, type, criticality) VALUES ($1, $2, $3, '', $4)`, [
        ...[app.acme.id, id, `Asset ${index}`, criticality],
      ]);
    }
  });
  afterAll(() => app.close());

  const sql = (text: string, values: unknown[]): Promise<unknown> =>
    withClient(app.database.adminUrl, (client) => client.query(text, values));
  const explained = async (id: string, query = '', client = analyst): Promise<ExplainedScoreResponse> =>
    (await client.get(`/api/v1/risks/${id}/score${query}`)).body;

  /** From the answer alone, in whole numbers until the one division: probability x impact x mean factor, half up. */
  function recomputed({ inputs }: ExplainedScoreResponse, kind: 'inherent' | 'residual'): number | null {
    const { probability, impact, residualProbability, residualImpact, assets } = inputs;
    const product = kind === 'inherent' ? probability * impact : (residualProbability ?? NaN) * (residualImpact ?? NaN);
    if (Number.isNaN(product)) return null;
    const factors = assets.length === 0 ? [1] : assets.map(({ factor }) => factor);
    const factorHundredths = factors.reduce((sum, factor) => sum + BigInt(Math.round(factor * 100)), 0n);
    const count = BigInt(factors.length);
    const hundredths = (2n * BigInt(product) * factorHundredths + count) / (2n * count);
    return Number(hundredths) / 100;
  }

  it('can be computed again from the answer alone, for any ratings and assets', async () => {
    const rating = fc.integer({ min: 1, max: 5 });
    const residual = fc.option(fc.record({ residualProbability: rating, residualImpact: rating }), { nil: {} });
    const linked = fc.shuffledSubarray(assetIds, { maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(rating, rating, residual, linked, async (probability, impact, rest, ids) => {
        const risk = await addRisk(analyst, { probability, impact, ...rest, assetIds: ids });
        const answer = await explained(risk.id);
        const { method, inputs, thresholds, result } = answer;
        expect(method).toMatchObject({
          name: 'probability-impact-criticality',
          version: 1,
          formula: expect.any(String),
        });
        expect(inputs).toMatchObject({ probability, impact });
        expect(inputs.assets.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
        expect(result).toMatchObject({ score: risk.score, severity: risk.severity, residualScore: risk.residualScore });
        expect(recomputed(answer, 'inherent')).toBe(result.score);
        expect(recomputed(answer, 'residual')).toBe(result.residualScore);
        expect(thresholds.findLast(({ from }) => result.score >= from)?.severity).toBe(result.severity);
      }),
      { numRuns: 60 },
    );
  });

  it('tells its series: one point per change of a score, and where it is going', async () => {
    const { id } = await addRisk(analyst, { probability: 3, impact: 3 });
    const change = (version: number, body: object) => analyst.patch(`/api/v1/risks/${id}`, body, ifVersion(version));
    expect((await explained(id)).trend).toMatchObject({ direction: 'STABLE', change: 0 });
    await change(1, { title: 'No other score' });
    await change(2, { impact: 5 });
    await change(3, { residualProbability: 1, residualImpact: 2 });
    const answer = await explained(id);
    expect(answer.series).toMatchObject([
      { version: 1, score: 9, residualScore: null },
      { version: 3, score: 15, residualScore: null },
      { version: 4, score: 15, residualScore: 2 },
    ]);
    const { createdAt, updatedAt } = (await analyst.get(`/api/v1/risks/${id}`)).body as RiskResponse;
    expect([answer.series[0]?.at, answer.series[2]?.at]).toEqual([createdAt, updatedAt]);
    expect(answer.trend).toEqual({ direction: 'INCREASING', change: 6, since: createdAt });
    await change(4, { impact: 1 });
    expect((await explained(id)).trend).toMatchObject({ direction: 'DECREASING', change: -6 });
  });

  it('goes back as far as it is asked to, from the score that stood then', async () => {
    const { id } = await addRisk(analyst, { probability: 1, impact: 1 });
    for (const [index, impact] of [2, 3, 4].entries()) {
      await analyst.patch(`/api/v1/risks/${id}`, { impact }, ifVersion(index + 1));
    }
    // Versions 400, 60, 20 and 0 days old.
    await sql(
      `UPDATE risk_history SET at = at - (ARRAY[400, 60, 20, 0])[version] * interval '1 day' WHERE risk_id = $1`,
      [id],
    );
    const scores = async (period: string): Promise<number[]> =>
      (await explained(id, `?period=${period}`)).series.map(({ score }) => score);
    expect(await scores('week')).toEqual([3, 4]);
    expect(await scores('month')).toEqual([2, 3, 4]);
    expect(await scores('quarter')).toEqual([1, 2, 3, 4]);
    expect(await scores('all')).toEqual([1, 2, 3, 4]);
    expect((await explained(id, '?period=week')).trend).toMatchObject({ direction: 'INCREASING', change: 1 });
    expect((await explained(id, '?period=year')).trend).toMatchObject({ change: 3 });
    expectProblem(await analyst.get(`/api/v1/risks/${id}/score?period=decade`), 400);
    expectProblem(await analyst.get(`/api/v1/risks/${id}/score?period=week&period=all`), 400);
  });

  it('is as long as it may be, and its trend still goes by the beginning', async () => {
    const { id } = await addRisk(analyst, { probability: 1, impact: 1 });
    await sql(
      `INSERT INTO risk_history (tenant_id, risk_id, version, action, status, severity, score, probability, impact, source, snapshot)
       SELECT tenant_id, risk_id, n, 'UPDATED', status, severity, 2 + n % 2, probability, impact, source, snapshot
         FROM risk_history, generate_series(2, 300) n WHERE risk_id = $1 AND version = 1`,
      [id],
    );
    await sql('UPDATE risks SET version = 300, score = 2 WHERE id = $1', [id]);
    const { series, trend } = await explained(id, '?period=all');
    expect(series).toHaveLength(200);
    expect([series[0]?.version, series.at(-1)?.version]).toEqual([101, 300]);
    expect(trend).toMatchObject({ direction: 'INCREASING', change: 1 });
  });

  it('is the newest after every change, and nobody else’s business', async () => {
    const { id } = await addRisk(analyst, { probability: 2, impact: 2 });
    for (let version = 1; version < 4; version++) {
      await explained(id);
      await analyst.patch(`/api/v1/risks/${id}`, { impact: version }, ifVersion(version));
      const { series, result, inputs } = await explained(id);
      expect([inputs.impact, result.score, series.at(-1)?.score]).toEqual([version, 2 * version, 2 * version]);
      expect((await analyst.get(`/api/v1/risks/${id}/score`)).headers.get('x-cache')).toBe('HIT');
    }
    expectProblem(await app.as('admin', app.globex).get(`/api/v1/risks/${id}/score`), 404);
  });
});
