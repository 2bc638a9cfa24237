import fc from 'fast-check';
import { daysBefore } from '../../src/http/period';
import { RISK_STATUSES } from '../../src/risk/lifecycle/risk-lifecycle';
import { MITIGATION_STATUSES } from '../../src/risk/mitigations/mitigation-lifecycle';
import type { MitigationResponse } from '../../src/risk/mitigations/mitigation.dto';
import type { RiskResponse } from '../../src/risk/risk.dto';
import { SEVERITIES } from '../../src/risk/risk-score';
import { RISK_SOURCES } from '../../src/risk/risk-terms';
import { isMitigationOverdue, isOverdue } from './counted';
import { PEOPLE, type Person } from './random-register';
import type { StoredRegister } from './stored-register';

/** A parameter of a list, and what it says of an item. */
export interface Condition<Item> {
  readonly name: string;
  readonly valueIn: (stored: StoredRegister) => unknown;
  readonly holdsFor: (item: Item, stored: StoredRegister) => boolean;
}

type OfRisks = Condition<RiskResponse>;
type OfMitigations = Condition<MitigationResponse>;

function anyOf<Item, Value>(
  name: string,
  all: readonly Value[],
  valuesIn: (item: Item) => readonly unknown[],
  meaning: (value: Value, stored: StoredRegister) => unknown = (value) => value,
): fc.Arbitrary<Condition<Item>> {
  return fc.subarray([...all], { minLength: 1, maxLength: 3 }).map((chosen) => ({
    name,
    valueIn: (stored) => chosen.map((value) => meaning(value, stored)),
    holdsFor: (item, stored) => {
      const values = valuesIn(item);
      return chosen.some((value) => values.includes(meaning(value, stored)));
    },
  }));
}

const id = (person: Person, { userIds }: StoredRegister): string => userIds[person];
const assetId = (index: number, { assetIds }: StoredRegister): string | undefined => assetIds[index];

function compared(
  name: string,
  least: boolean,
  numberIn: (risk: RiskResponse) => number | null,
): fc.Arbitrary<OfRisks> {
  return fc.integer({ min: 0, max: 3750 }).map((hundredths) => ({
    name,
    valueIn: () => hundredths / 100,
    holdsFor: (risk) => {
      const number = numberIn(risk);
      return number !== null && (least ? number >= hundredths / 100 : number <= hundredths / 100);
    },
  }));
}

function since(name: string, instantIn: (risk: RiskResponse) => string): fc.Arbitrary<OfRisks> {
  const days = fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 60 }));
  return days.map((ago) => {
    const from = ({ today }: StoredRegister): string => `${daysBefore(today, ago)}T00:00:00.000Z`;
    return { name, valueIn: from, holdsFor: (risk, stored) => instantIn(risk) >= from(stored) };
  });
}

function flag<Item>(name: string, is: (item: Item, today: string) => boolean): fc.Arbitrary<Condition<Item>> {
  return fc.boolean().map((wanted) => ({
    name,
    valueIn: () => wanted,
    holdsFor: (item, { today }) => is(item, today) === wanted,
  }));
}

const ratings = [1, 2, 3, 4, 5];
const onRisk = fc.oneof(
  anyOf<RiskResponse, string>('status', RISK_STATUSES, ({ status }) => [status]),
  anyOf<RiskResponse, string>('severity', SEVERITIES, ({ severity }) => [severity]),
  anyOf<RiskResponse, string>('category', ['Legal', 'Legal, compliance', 'IT', '100%'], ({ category }) => [category]),
  anyOf<RiskResponse, string>('tag', ['x', 'y', 'z', 'none'], ({ tags }) => tags),
  anyOf<RiskResponse, string>('framework', ['NIST', 'CIS', 'none'], ({ frameworks }) => frameworks),
  anyOf<RiskResponse, Person>('ownerId', PEOPLE, ({ ownerId }) => [ownerId], id),
  anyOf<RiskResponse, Person>('assigneeId', PEOPLE, ({ assigneeId }) => [assigneeId], id),
  anyOf<RiskResponse, number>('assetId', [0, 1, 2], ({ assets }) => assets.map((asset) => asset.id), assetId),
  anyOf<RiskResponse, string>('source', RISK_SOURCES, ({ source }) => [source]),
  anyOf<RiskResponse, number>('probability', ratings, ({ probability }) => [probability]),
  anyOf<RiskResponse, number>('impact', ratings, ({ impact }) => [impact]),
  compared('scoreMin', true, ({ score }) => score),
  compared('scoreMax', false, ({ score }) => score),
  compared('residualScoreMin', true, ({ residualScore }) => residualScore),
  compared('residualScoreMax', false, ({ residualScore }) => residualScore),
  compared('targetScoreMin', true, ({ targetScore }) => targetScore),
  compared('targetScoreMax', false, ({ targetScore }) => targetScore),
  since('createdSince', ({ createdAt }) => createdAt),
  since('updatedSince', ({ updatedAt }) => updatedAt),
  flag<RiskResponse>('overdue', isOverdue),
  flag<RiskResponse>('acceptanceRequested', ({ acceptanceRequested }) => acceptanceRequested),
  flag<RiskResponse>('acceptanceExpiring', ({ acceptanceExpiring }) => acceptanceExpiring),
);

const onMitigation = fc.oneof(
  anyOf<MitigationResponse, string>('status', MITIGATION_STATUSES, ({ status }) => [status]),
  anyOf<MitigationResponse, Person>('assigneeId', PEOPLE, ({ assigneeId }) => [assigneeId], id),
  flag<MitigationResponse>('overdue', isMitigationOverdue),
);

const several = { minLength: 1, maxLength: 3, selector: ({ name }: { name: string }) => name };
/** Of both lists; one for each who asks. */
const randomFilter = fc.record({
  risks: fc.uniqueArray<OfRisks, string>(onRisk, several),
  mitigations: fc.uniqueArray<OfMitigations, string>(onMitigation, several),
});
export const randomFilters = fc.record({ whole: randomFilter, team: randomFilter, own: randomFilter });
