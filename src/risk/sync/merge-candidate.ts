import { withCustomFields, type CustomFields } from '../custom-field-values';
import type { RiskCandidate } from '../import/import-row';
import type { RiskRecord } from '../risk-record';
import { RISK_LIMITS } from '../risk-terms';

/** Fields that come together or not at all are taken together. */
const groups = [
  ...(
    ['title', 'description', 'category', 'probability', 'impact', 'treatment', 'dueDate', 'nextReviewAt'] as const
  ).map((field) => [field] as const),
  ['residualProbability', 'residualImpact'],
  ['targetProbability', 'targetImpact'],
] as const;

/**
 * The risk with what is new at its source. What the source says as before stays as it is here, whatever somebody has made
 * of it; what it says anew is taken over. The status is the lifecycle's.
 *
 * @param brought what the source said last; undefined when nobody knows, and then all of it is new
 */
export function mergeCandidate<Risk extends RiskRecord>(
  risk: Risk,
  brought: RiskCandidate | undefined,
  candidate: RiskCandidate,
): Risk {
  const isNew = (field: keyof RiskCandidate): boolean =>
    brought === undefined ? candidate[field] !== undefined : (brought[field] ?? null) !== (candidate[field] ?? null);
  const news = groups.filter((group) => group.some(isNew)).flat();
  return {
    ...risk,
    ...Object.fromEntries(news.map((field) => [field, candidate[field] ?? null])),
    tags: mergeList(risk.tags, brought?.tags ?? [], candidate.tags),
    frameworks: mergeList(risk.frameworks, brought?.frameworks ?? [], candidate.frameworks),
    customFields: mergeFields(risk.customFields, brought?.customFields ?? {}, candidate.customFields ?? {}),
  };
}

function mergeList(here: readonly string[], before: readonly string[], now: readonly string[]): string[] {
  const kept = here.filter((item) => now.includes(item) || !before.includes(item));
  const added = now.filter((item) => !before.includes(item) && !kept.includes(item));
  return [...kept, ...added].slice(0, RISK_LIMITS.tags);
}

function mergeFields(here: CustomFields, before: Readonly<CustomFields>, now: Readonly<CustomFields>): CustomFields {
  const names = Object.keys({ ...before, ...now }).filter((name) => before[name] !== now[name]);
  return withCustomFields(here, Object.fromEntries(names.map((name) => [name, now[name] ?? null])));
}
