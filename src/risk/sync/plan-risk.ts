import { isDeepStrictEqual } from 'node:util';
import type { FieldProblem } from '../../errors/domain-error';
import { utcToday } from '../../http/period';
import type { CustomFields } from '../custom-field-values';
import { hashId } from '../import/external-id';
import { newRisk } from '../import/import-plan';
import type { ImportRow, RiskCandidate } from '../import/import-row';
import { nextReview, reviewBroughtForward } from '../reviews/review-cadence';
import { changedFields, scored, type RiskRecord } from '../risk-record';
import type { SeverityThresholds } from '../risk-score';
import { RISK_LIMITS } from '../risk-terms';
import type { ChangedRisk } from '../risk-writer';
import type { KnownRisk } from './known-source';
import { mergeCandidate } from './merge-candidate';

/** What becomes of a record. */
export type PlannedRisk =
  | { readonly outcome: 'created'; readonly risk: RiskRecord; readonly candidate: RiskCandidate }
  | { readonly outcome: 'updated'; readonly change: ChangedRisk; readonly candidate: RiskCandidate }
  /** The candidate where the source says something new that the risk says already. */
  | { readonly outcome: 'unchanged'; readonly riskId: string; readonly candidate?: RiskCandidate }
  /** Deleted here, or said before in the same step. */
  | { readonly outcome: 'skipped'; readonly riskId?: string }
  | { readonly outcome: 'failed'; readonly riskId?: string; readonly problems: readonly FieldProblem[] };

/** What plans go by that is the tenant's. */
export interface TenantRules {
  readonly thresholds: SeverityThresholds;
  /** What is wrong with values of the tenant's own fields. */
  readonly fieldProblems: (values: CustomFields) => readonly FieldProblem[];
}

/** The external id of a risk in the register: what two connectors call the same is not the same risk. */
export function registeredId(connector: string, externalId: string): string {
  const id = `${connector}:${externalId}`;
  return id.length <= RISK_LIMITS.externalId ? id : `${connector}:${hashId([externalId])}`;
}

export function planRisk(
  { candidate, mergedInto, problems }: ImportRow,
  connector: string,
  known: (KnownRisk & { readonly risk: RiskRecord }) | undefined,
  newId: () => string,
  { thresholds, fieldProblems }: TenantRules,
): PlannedRisk {
  if (!candidate) return mergedInto === undefined ? { outcome: 'failed', problems } : { outcome: 'skipped' };
  const unfit = fieldProblems(candidate.customFields ?? {});
  if (unfit.length > 0) return { outcome: 'failed', ...(known ? { riskId: known.riskId } : {}), problems: unfit };
  if (!known) {
    const identity = { id: newId(), ownerId: null, source: 'CONNECTOR' } as const;
    const externalId = registeredId(connector, candidate.externalId);
    const risk = scored(newRisk(candidate, { ...identity, externalId }), thresholds);
    const nextReviewAt = risk.nextReviewAt ?? nextReview(risk, utcToday());
    return { outcome: 'created', risk: { ...risk, nextReviewAt }, candidate };
  }
  const { risk: before, riskId, brought } = known;
  if (before.deletedAt !== null) return { outcome: 'skipped', riskId };
  if (isDeepStrictEqual(brought, candidate)) return { outcome: 'unchanged', riskId };
  const merged = mergeCandidate(before, brought, candidate);
  if (Object.keys(merged.customFields).length > RISK_LIMITS.customFields) {
    const message = `would be more than ${RISK_LIMITS.customFields} together with those that the risk has`;
    return { outcome: 'failed', riskId, problems: [{ pointer: '/customFields', code: 'max-items', message }] };
  }
  const change = changeOf(before, merged, thresholds);
  return change ? { outcome: 'updated', change, candidate } : { outcome: 'unchanged', riskId, candidate };
}

/** Undefined when nothing is different. */
export function changeOf(
  before: RiskRecord,
  merged: RiskRecord,
  thresholds: SeverityThresholds,
): ChangedRisk | undefined {
  const rated = scored(merged, thresholds);
  const nextReviewAt =
    merged.nextReviewAt === before.nextReviewAt ? reviewBroughtForward(before, rated, utcToday()) : merged.nextReviewAt;
  const risk = { ...rated, nextReviewAt };
  const fields = changedFields(before, risk);
  return fields.length > 0 ? { risk, changedFields: fields } : undefined;
}
