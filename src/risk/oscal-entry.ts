import type { RiskStatus } from './lifecycle/risk-lifecycle';
import type { RiskResponse } from './risk.dto';

/** What an OSCAL risk has no place for, is one property of it: the fields of ours in JSON. */
const REGISTER_ENTRY = { name: 'register-entry', ns: 'urn:openrisk:register' } as const;

type Property = Readonly<Record<string, unknown>>;

const ENTRY_FIELDS = [
  ...(['id', 'externalId', 'category', 'status', 'treatment', 'tags', 'frameworks'] as const),
  ...(['residualProbability', 'residualImpact', 'targetProbability', 'targetImpact'] as const),
  ...(['nextReviewAt', 'reviewCadenceDays', 'customFields'] as const),
] as const satisfies readonly (keyof RiskResponse)[];

const oscalStatuses: Readonly<Record<RiskStatus, string>> = {
  DRAFT: 'open',
  IDENTIFIED: 'open',
  REOPENED: 'open',
  ASSESSED: 'investigating',
  TREATMENT_PLANNED: 'remediating',
  IN_TREATMENT: 'remediating',
  MITIGATED: 'remediating',
  ACCEPTED: 'deviation-approved',
  CLOSED: 'closed',
};
const REQUESTED = 'deviation-requested';

export function oscalStatusOf({ status, acceptanceRequested }: RiskResponse): string {
  return acceptanceRequested ? REQUESTED : oscalStatuses[status];
}

/** Whether an export may have written that of a risk in this status. */
export function isOscalStatusOf(written: string | undefined, status: unknown): boolean {
  const is = Object.entries(oscalStatuses).find(([name]) => name === status);
  return is !== undefined && (written === is[1] || written === REQUESTED);
}

export function registerEntry(risk: RiskResponse): object {
  const entry = Object.fromEntries(ENTRY_FIELDS.map((field) => [field, risk[field]]));
  // A value has no line breaks, and JSON has none but these.
  const value = JSON.stringify(entry).replaceAll(/[\u2028\u2029]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`);
  return { ...REGISTER_ENTRY, value };
}

/** @returns the fields that a property holds; undefined for any other property, and for one that somebody has spoiled */
export function entryIn({ name, ns, value }: Property): ReadonlyMap<string, unknown> | undefined {
  if (name !== REGISTER_ENTRY.name || ns !== REGISTER_ENTRY.ns || typeof value !== 'string') return undefined;
  try {
    const entry: unknown = JSON.parse(value);
    if (typeof entry !== 'object' || entry === null || !('id' in entry)) return undefined;
    return new Map(Object.entries(entry).filter(([field]) => ENTRY_FIELDS.some((each) => each === field)));
  } catch {
    return undefined;
  }
}
