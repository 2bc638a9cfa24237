import fc from 'fast-check';
import { MITIGATION_STATUSES } from '../../src/risk/mitigations/mitigation-lifecycle';
import { RISK_STATUSES } from '../../src/risk/lifecycle/risk-lifecycle';
import { CRITICALITIES } from '../../src/risk/risk-score';
import { RISK_SOURCES } from '../../src/risk/risk-terms';

/** Who there is: one who sees everything, one with a team, their colleague, one who sees their own, and another one. */
export const PEOPLE = ['whole', 'team', 'colleague', 'own', 'other'] as const;
export type Person = (typeof PEOPLE)[number];

const DAY_MS = 86_400_000;
const MOST_RISKS = 40;
const MOST_ASSETS = 4;

const person = fc.option(fc.constantFrom(...PEOPLE), { freq: 3 });
const rating = fc.integer({ min: 1, max: 5 });
const scoreHundredths = fc.oneof(
  fc.integer({ min: 80, max: 3750 }),
  fc.constantFrom(999, 1000, 1499, 1500, 1999, 2000, 2001),
);
const rated = fc.option(fc.record({ probability: rating, impact: rating, scoreHundredths }), { freq: 1 });
/** In days from today, often today itself and the days beside it. */
const day = fc.option(fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: -60, max: 60 })));
/** In milliseconds before today began. */
const msAgo = fc.oneof(
  fc.constantFrom(0, 1, DAY_MS - 1, DAY_MS),
  fc.integer({ min: 0, max: 45 * DAY_MS }),
  fc.integer({ min: 0, max: 400 * DAY_MS }),
);

const risk = fc.record({
  title: fc.constantFrom('Fire', 'Flood', 'Theft', 'Ünlikely', '100% sure_thing'),
  category: fc.option(fc.constantFrom('Legal', 'Legal, compliance', 'IT', 'it', '100%', 'Ünlikely', ' ')),
  probability: rating,
  impact: rating,
  scoreHundredths,
  residual: rated,
  target: rated,
  owner: person,
  assignee: person,
  dueDate: day,
  nextReviewAt: day,
  acceptedUntil: day,
  acceptanceRequested: fc.boolean(),
  acceptanceExpiring: fc.boolean(),
  tags: fc.subarray(['x', 'y', 'z']),
  frameworks: fc.subarray(['NIST', 'ISO27001', 'CIS']),
  assets: fc.uniqueArray(fc.nat(MOST_ASSETS - 1), { maxLength: 2 }),
  source: fc.constantFrom(...RISK_SOURCES),
  isDeleted: fc.integer({ min: 1, max: 4 }).map((one) => one === 4),
  /** Of each version, oldest first. */
  versions: fc
    .array(fc.record({ msAgo, status: fc.constantFrom(...RISK_STATUSES) }), { minLength: 1, maxLength: 4 })
    .map((versions) => versions.sort((one, other) => other.msAgo - one.msAgo)),
});

const mitigation = fc.record({
  /** Of the risk, taken modulo their number. */
  risk: fc.nat(MOST_RISKS),
  status: fc.constantFrom(...MITIGATION_STATUSES),
  assignee: person,
  dueDate: day,
  msAgo,
  /** Of the time since then, when it was done. */
  doneAfter: fc.double({ min: 0, max: 1, noNaN: true }),
  cost: fc.integer({ min: 1, max: 3 }),
  durationDays: fc.integer({ min: 0, max: 90 }),
});

export type RandomRisk = typeof risk extends fc.Arbitrary<infer Risk> ? Risk : never;
export type RandomMitigation = typeof mitigation extends fc.Arbitrary<infer Mitigation> ? Mitigation : never;

/** A register as it might be, whatever led to it. */
export interface RandomRegister {
  readonly risks: readonly RandomRisk[];
  readonly mitigations: readonly RandomMitigation[];
  /** Their criticalities. */
  readonly assets: readonly (typeof CRITICALITIES)[number][];
  /** Whether each risk has a category of its own, of which there are then more than the dashboard shows. */
  readonly isDiverse: boolean;
}

const registerOf = (shape: fc.ArrayConstraints, isDiverse: boolean): fc.Arbitrary<RandomRegister> =>
  fc.record({
    risks: fc.array(risk, shape),
    mitigations: fc.array(mitigation, { maxLength: MOST_RISKS }),
    assets: fc.array(fc.constantFrom(...CRITICALITIES), { minLength: MOST_ASSETS, maxLength: MOST_ASSETS }),
    isDiverse: fc.constant(isDiverse),
  });

export const randomRegister = registerOf({ maxLength: MOST_RISKS }, false);
export const diverseRegister = registerOf({ minLength: 160, maxLength: 170 }, true);
