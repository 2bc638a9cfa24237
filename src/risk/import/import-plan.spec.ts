import { DEFAULT_THRESHOLDS } from '../risk-score';
import type { RiskResponse } from '../risk.dto';
import { planRow } from './import-plan';
import type { ImportRow, RiskCandidate } from './import-row';

const candidate: RiskCandidate = {
  ...{ externalId: 'E-1', title: 'Title', description: 'Text', probability: 3, impact: 4 },
  ...{ tags: ['a'], frameworks: [] },
};
const rowOf = (given: Partial<RiskCandidate> = {}): ImportRow => ({
  ...{ row: 1, problems: [], notices: [] },
  candidate: { ...candidate, ...given },
});
const plan = (row: ImportRow, existing?: RiskResponse, mode: 'upsert' | 'create' | 'skip' = 'upsert') =>
  planRow(row, existing, mode, () => 'new-id', {
    today: '2026-11-21',
    thresholds: DEFAULT_THRESHOLDS,
    mayChange: () => true,
    ownerId: null,
    fieldProblems: () => [],
  });

const created = plan(rowOf()).risk;
const existing: RiskResponse = {
  ...created!,
  ...{ id: 'old-id', version: 7, createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' },
  ...{ status: 'IN_TREATMENT', ownerId: 'somebody', treatment: 'MITIGATE', customFields: { kept: 1 } },
  assets: [{ id: 'asset', name: 'Asset', criticality: 'HIGH' }],
  ...{ score: 15, severity: 'HIGH' },
};

describe('what becomes of an imported row', () => {
  it('is a new risk when there is none', () => {
    expect(plan(rowOf({ status: 'ASSESSED' }))).toMatchObject({
      outcome: 'created',
      risk: { id: 'new-id', source: 'IMPORT', externalId: 'E-1', status: 'ASSESSED', score: 12, severity: 'MEDIUM' },
    });
  });

  it('is nothing when the risk says the same', () => {
    expect(plan(rowOf({ status: 'CLOSED' }), existing)).toMatchObject({ outcome: 'unchanged', problems: [] });
  });

  it('is a change of what the file brings, and of what follows from it', () => {
    const planned = plan(rowOf({ impact: 5, customFields: { added: true } }), existing);
    expect(planned).toMatchObject({
      outcome: 'updated',
      changedFields: ['impact', 'customFields', 'score'],
    });
    expect(planned.risk).toEqual({ ...existing, impact: 5, score: 18.75, customFields: { kept: 1, added: true } });
  });

  it('brings the review of a risk forward that has become worse, unless the file says when it is', () => {
    const reviewed = { ...existing, nextReviewAt: '2027-11-01' };
    expect(plan(rowOf({ probability: 5 }), reviewed)).toMatchObject({
      risk: { severity: 'CRITICAL', nextReviewAt: '2026-12-21' },
      changedFields: ['probability', 'nextReviewAt', 'score', 'severity'],
    });
    expect(plan(rowOf({ probability: 1 }), reviewed).risk).toMatchObject({ nextReviewAt: '2027-11-01' });
    const dated = plan(rowOf({ probability: 5, nextReviewAt: '2028-01-01' }), reviewed);
    expect(dated.risk).toMatchObject({ nextReviewAt: '2028-01-01' });
    expect(plan(rowOf({ probability: 5 }), existing).risk).toMatchObject({ nextReviewAt: null });
  });

  it('leaves alone what the file leaves blank', () => {
    expect(plan(rowOf({ description: '', tags: [], frameworks: [] }), existing)).toMatchObject({
      outcome: 'unchanged',
    });
  });

  it.each([
    ['a deleted risk', rowOf(), { ...existing, deletedAt: '2026-01-01T00:00:00.000Z' }, 'upsert', 'skipped', 'deleted'],
    ['an existing risk', rowOf(), existing, 'skip', 'skipped', 'exists'],
    ['an existing risk', rowOf(), existing, 'create', 'failed', 'exists'],
    ['a merged row', { row: 2, problems: [], notices: [], mergedInto: 1 }, undefined, 'upsert', 'skipped', 'merged'],
    [
      'a wrong row',
      { row: 2, problems: [{ pointer: '/title', code: 'required', message: 'is required' }], notices: [] },
      ...([undefined, 'upsert', 'failed', 'required'] as const),
    ],
  ] as const)('for %s: %#', (_what, row, risk, mode, outcome, code) => {
    const planned = plan(row, risk, mode);
    expect(planned).toMatchObject({ outcome, problems: [{ code }] });
    expect(planned.risk).toBeUndefined();
  });

  it('is a failure when the risk would get too many custom fields', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, index]));
    expect(plan(rowOf({ customFields: many }), existing)).toMatchObject({
      outcome: 'failed',
      problems: [{ pointer: '/customFields', code: 'max-items' }],
    });
  });

  it('fails for a risk that the importer may not change, whatever the mode, and tells nothing of it', () => {
    const importer = {
      today: '2026-11-21',
      thresholds: DEFAULT_THRESHOLDS,
      mayChange: () => false,
      ownerId: 'me',
      fieldProblems: () => [],
    };
    for (const mode of ['upsert', 'create', 'skip'] as const) {
      for (const risk of [existing, { ...existing, deletedAt: '2026-01-01T00:00:00.000Z' }]) {
        const planned = planRow(rowOf(), risk, mode, () => 'new-id', importer);
        expect(planned).toMatchObject({ outcome: 'failed', problems: [{ code: 'forbidden' }] });
        expect(planned).not.toHaveProperty('before');
      }
    }
    expect(planRow(rowOf(), undefined, 'upsert', () => 'new-id', importer).risk?.ownerId).toBe('me');
  });
});
