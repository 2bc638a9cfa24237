import fc from 'fast-check';
import { daysBefore } from '../../src/http/period';
import { RISK_STATUSES } from '../../src/risk/lifecycle/risk-lifecycle';
import { MITIGATION_STATUSES } from '../../src/risk/mitigations/mitigation-lifecycle';
import { CRITICALITIES } from '../../src/risk/risk-score';
import type { ApiAnswer } from '../support/api-client';
import { PEOPLE } from './random-register';
import type { StoredRegister } from './stored-register';

const kinds = [
  'add',
  'rate',
  'give',
  'postpone',
  'delete',
  'restore',
  'move',
  'plan',
  'carry out',
  'weigh',
  'review',
] as const;

const randomChange = fc.record({
  kind: fc.constantFrom(...kinds),
  /** Of what there is, taken modulo its number. */
  which: fc.nat(),
  rating: fc.record({ probability: fc.integer({ min: 1, max: 5 }), impact: fc.integer({ min: 1, max: 5 }) }),
  person: fc.option(fc.constantFrom(...PEOPLE)),
  days: fc.integer({ min: -5, max: 5 }),
  status: fc.constantFrom(...RISK_STATUSES),
  mitigationStatus: fc.constantFrom(...MITIGATION_STATUSES),
  criticality: fc.constantFrom(...CRITICALITIES),
});

export const randomChanges = fc.array(randomChange, { maxLength: 6 });

type RandomChange = typeof randomChange extends fc.Arbitrary<infer Change> ? Change : never;

/** Over HTTP, by one who may do everything. @returns undefined where there is nothing to change */
export async function carryOut(change: RandomChange, stored: StoredRegister): Promise<ApiAnswer | undefined> {
  const { kind, which, rating, person, status, mitigationStatus, criticality } = change;
  const { riskIds, mitigationIds, assetIds, clients, userIds, today } = stored;
  const client = clients.whole;
  const risk = `/api/v1/risks/${riskIds[which % riskIds.length]}`;
  const mitigation = `/api/v1/mitigations/${mitigationIds[which % mitigationIds.length]}`;
  const asset = assetIds[which % assetIds.length];
  const userId = person && userIds[person];
  const dueDate = daysBefore(today, change.days);
  const any = { 'if-match': '*' };
  if (kind === 'add')
    return client.post('/api/v1/risks', { title: 'Added', ...rating, ownerId: userId, dueDate, assetIds: [asset] });
  if (kind === 'weigh') return client.patch(`/api/v1/assets/${asset}`, { criticality }, any);
  if (riskIds.length === 0 || (kind === 'carry out' && mitigationIds.length === 0)) return undefined;
  switch (kind) {
    case 'rate':
      return client.patch(risk, { ...rating, residualProbability: 1, residualImpact: rating.impact }, any);
    case 'give':
      return client.patch(risk, { ownerId: userId, category: 'Legal', tags: ['y'] }, any);
    case 'postpone':
      return client.patch(risk, { dueDate, nextReviewAt: dueDate }, any);
    case 'delete':
      return client.delete(risk, any);
    case 'restore':
      return client.post(`${risk}/restore`);
    case 'move':
      return client.post(`${risk}/transition`, { status }, any);
    case 'plan':
      return client.post(`${risk}/mitigations`, { title: 'Planned', assigneeId: userId, dueDate });
    case 'carry out':
      return client.patch(mitigation, { status: mitigationStatus, assigneeId: userId }, any);
    case 'review':
      return client.post(`${risk}/review`, { outcome: 'CONFIRMED' }, any);
  }
}
