import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';
import { DatabaseUnavailable, WriteConflict } from '../../src/database/database.errors';
import { Acceptances, anyVersion, inDays } from '../factories/acceptance';
import { addMitigation, addSubAction, moveRisk } from '../factories/mitigation';
import { ifVersion } from '../factories/risk';
import { Random } from '../history/random';
import { contradictionsIn } from '../registers/risk-story';
import { tallyDrift } from '../registers/tally-drift';
import type { ApiAnswer } from '../support/api-client';
import { RecordedEvents } from '../support/outbox';
import { patienceMs } from '../support/rounds';
import { createTestApp, type TestApp } from '../support/test-app';

const ROUNDS = Number(process.env['ROUNDS'] ?? 6);
const STARTS = ['ACCEPTED', 'IN_TREATMENT', 'MITIGATED'] as const;
/** By which a risk has another severity than by the other ones, whatever its score. */
const THRESHOLDS = [
  { LOW: 0, MEDIUM: 1, HIGH: 2, CRITICAL: 37.5 },
  { LOW: 0, MEDIUM: 35, HIGH: 36, CRITICAL: 37 },
];
const csv = { 'content-type': 'text/csv' };

/** One risk, what belongs to it, and how everybody finds it. */
interface Met {
  readonly id: string;
  readonly externalId: string;
  readonly version: number;
  readonly assetId: string;
  readonly otherAssetId: string;
  readonly open: string;
  readonly step: string;
}

describe('everything that can happen to a risk, at once', () => {
  const seed = Math.floor(Math.random() * 1e6);
  const random = new Random(seed);
  let app: TestApp;
  let on: Acceptances;
  let sql: Client;

  beforeAll(async () => {
    app = await createTestApp();
    on = new Acceptances(app);
    sql = new Client({ connectionString: app.database.adminUrl });
    await sql.connect();
    const pool = new Pool({ connectionString: app.database.adminUrl, max: 1 });
    await new RecordedEvents(pool, app.acme.id).subscribe();
    await pool.end();
  });
  afterAll(async () => {
    await sql.end();
    await app.close();
  });

  const importOf = (externalId: string, title: string): Promise<ApiAnswer> =>
    app
      .as('analyst')
      .post('/api/v1/risks/import', `title,probability,impact,externalId\n${title},4,4,${externalId}\n`, csv);

  /** With an acceptance that waits, and one in force if it is ACCEPTED. */
  async function riskThatIs(status: (typeof STARTS)[number]): Promise<Met> {
    const analyst = app.as('analyst');
    const externalId = randomUUID();
    const assetIds = [];
    for (const criticality of ['LOW', 'HIGH']) {
      const { body } = await analyst.post('/api/v1/assets', { name: externalId, type: 'Server', criticality });
      assetIds.push(body.id as string);
    }
    const [assetId = '', otherAssetId = ''] = assetIds;
    await importOf(externalId, 'Met');
    const { rows } = await sql.query<{ id: string }>('SELECT id FROM risks WHERE external_id = $1', [externalId]);
    const id = rows[0]?.id ?? '';
    await analyst.patch(`/api/v1/risks/${id}`, { assetIds: [assetId] }, anyVersion);
    const { id: open } = await addMitigation(analyst, id);
    const { id: step } = await addSubAction(analyst, open);
    await moveRisk(analyst, id, 'IDENTIFIED', 'ASSESSED', 'TREATMENT_PLANNED', 'IN_TREATMENT');
    if (status === 'ACCEPTED') {
      await on.request(id);
      await on.act(app.as('manager'), id, 'approve');
      await moveRisk(analyst, id, status);
    }
    if (status === 'MITIGATED') {
      await analyst.patch(`/api/v1/mitigations/${open}`, { status: 'CANCELLED' }, anyVersion);
      await moveRisk(analyst, id, status);
    }
    await on.request(id);
    const { version } = await on.riskOf(id);
    return { id, externalId, version, assetId, otherAssetId, open, step };
  }

  const everything = ({
    id,
    externalId,
    version,
    assetId,
    otherAssetId,
    open,
    step,
  }: Met): readonly (() => Promise<unknown>)[] => {
    const [analyst, manager, admin] = [app.as('analyst'), app.as('manager'), app.as('admin')];
    const risk = `/api/v1/risks/${id}`;
    const bulk = (atomic: boolean, status: string) => () =>
      analyst.post('/api/v1/risks/bulk', {
        atomic,
        operations: [
          { op: 'update', id, change: { impact: atomic ? 5 : 2 } },
          { op: 'transition', id, status },
          { op: 'update', id, change: { category: randomUUID() } },
        ],
      });
    return [
      () => analyst.patch(risk, { probability: 5, residualProbability: 1, residualImpact: 2 }, anyVersion),
      () => analyst.patch(risk, { impact: 1 }, anyVersion),
      () => analyst.patch(risk, { assetIds: [otherAssetId] }, anyVersion),
      ...['ACCEPTED', 'MITIGATED', 'IN_TREATMENT', 'TREATMENT_PLANNED', 'CLOSED'].map(
        (status) => () => on.move(id, status),
      ),
      ...['approve', 'reject', 'revoke'].map((action) => () => on.act(manager, id, action)),
      () => on.act(analyst, id, 'withdraw'),
      () => on.request(id),
      () => on.expire(inDays(200)).catch(unlessTriedAgain),
      () => importOf(externalId, randomUUID()),
      bulk(true, 'ACCEPTED'),
      bulk(false, 'IN_TREATMENT'),
      () => analyst.patch(`/api/v1/mitigations/${open}/sub-actions/${step}`, { done: true }, ifVersion(1)),
      () => analyst.patch(`/api/v1/mitigations/${open}`, { status: 'CANCELLED' }, anyVersion),
      () => analyst.post(`${risk}/mitigations`, { title: 'Another one' }),
      () => analyst.post(`${risk}/review`, { outcome: 'CONFIRMED', nextReviewAt: inDays(9) }, ifVersion(version)),
      ...[assetId, otherAssetId].map(
        (asset) => () => analyst.patch(`/api/v1/assets/${asset}`, { criticality: 'CRITICAL' }, anyVersion),
      ),
      () => admin.delete(`/api/v1/assets/${assetId}?detach=true`, anyVersion),
      ...THRESHOLDS.map((from) => () => admin.send('PUT', '/api/v1/risk-settings', settings(from), anyVersion)),
    ];
  };

  const end = ({ id }: Met): readonly (() => Promise<unknown>)[] => [
    () => app.as('admin').delete(`/api/v1/risks/${id}`, anyVersion),
    () => app.as('admin').post(`/api/v1/risks/${id}/restore`),
  ];

  it(
    'leaves a risk that goes together with its history, its acceptances, its mitigations, and all that is counted',
    async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const met = await riskThatIs(STARTS[round % STARTS.length] ?? 'ACCEPTED');
        const edits = ['One', 'Other'].map((title) =>
          app.as('analyst').patch(`/api/v1/risks/${met.id}`, { title }, ifVersion(met.version)),
        );
        const all = random.shuffled([...everything(met), ...(round % 2 === 0 ? [] : end(met))]);
        const answers = await Promise.all([...edits, ...all.map((happen) => happen())]);
        const statuses = answers.map(statusOf);
        expect(statuses.filter((status) => status >= 500 && status !== 503)).toEqual([]);
        expect(statuses.slice(0, edits.length).filter((status) => status === 200).length).toBeLessThanOrEqual(1);
        expect({ seed, round, found: await contradictionsIn(sql, met.id) }).toEqual({ seed, round, found: [] });
        expect({ seed, round, drift: await tallyDrift(app.database.adminUrl) }).toEqual({ seed, round, drift: [] });
      }
    },
    patienceMs(ROUNDS),
  );
});

function settings(from: object): object {
  return {
    probabilityLabels: ['1', '2', '3', '4', '5'],
    impactLabels: ['1', '2', '3', '4', '5'],
    severities: Object.entries(from).map(([severity, at]) => ({ severity, label: severity, from: at })),
  };
}

/** 0 of what is not asked over HTTP. */
function statusOf(answer: unknown): number {
  return typeof answer === 'object' && answer !== null && 'status' in answer ? Number(answer.status) : 0;
}

/** Who waits in vain for the other, or too long, is asked to try again; so is the job. */
function unlessTriedAgain(error: unknown): void {
  const isMeant = (one: unknown): boolean => one instanceof WriteConflict || one instanceof DatabaseUnavailable;
  if (!(error instanceof AggregateError && error.errors.every(isMeant))) throw error;
}
