import type { FieldProblem } from '../../errors/domain-error';
import { withCustomFields, type CustomFields } from '../custom-field-values';
import { reviewBroughtForward } from '../reviews/review-cadence';
import { changedFields, scored, type RiskRecord } from '../risk-record';
import { RISK_LIMITS } from '../risk-terms';
import type { RiskResponse } from '../risk.dto';
import type { SeverityThresholds } from '../risk-score';
import type { ImportRow, RiskCandidate } from './import-row';

export const IMPORT_MODES = ['upsert', 'create', 'skip'] as const;
/** What happens to a row whose risk exists: `upsert` changes it, `create` refuses the row, `skip` passes over it. */
export type ImportMode = (typeof IMPORT_MODES)[number];

export const ROW_OUTCOMES = ['created', 'updated', 'unchanged', 'skipped', 'failed'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

export interface PlannedRow extends Pick<ImportRow, 'row' | 'line' | 'problems' | 'notices'> {
  readonly outcome: RowOutcome;
  readonly externalId: string | null;
  /** The new state, of a row that is created or updated. */
  readonly risk?: RiskRecord;
  /** The state before, of a row that is updated. */
  readonly before?: RiskResponse;
  readonly changedFields?: readonly string[];
}

/** What somebody may do with an import, and by which thresholds the tenant rates. */
export interface Importer {
  /** YYYY-MM-DD, in UTC. */
  readonly today: string;
  readonly thresholds: SeverityThresholds;
  readonly mayChange: (risk: RiskResponse) => boolean;
  /** Of what is created. */
  readonly ownerId: string | null;
  /** What is wrong with values of the tenant's own fields. */
  readonly fieldProblems: (values: CustomFields) => readonly FieldProblem[];
}

/**
 * Decides what becomes of a row.
 *
 * @param existing the risk that the row is about, deleted or not
 */
export function planRow(
  row: ImportRow,
  existing: RiskResponse | undefined,
  mode: ImportMode,
  newId: () => string,
  { today, mayChange, ownerId, thresholds, fieldProblems }: Importer,
): PlannedRow {
  const { candidate, mergedInto } = row;
  if (!candidate) {
    return mergedInto === undefined
      ? planned(row, 'failed')
      : planned(row, 'skipped', reason('merged', `says the same as row ${mergedInto} and was merged into it`));
  }
  const unfit = fieldProblems(candidate.customFields ?? {});
  if (unfit.length > 0) return planned(row, 'failed', ...unfit);
  if (!existing) {
    const risk = newRisk(candidate, { id: newId(), ownerId, source: 'IMPORT', externalId: candidate.externalId });
    return { ...planned(row, 'created'), risk: scored(risk, thresholds) };
  }
  if (!mayChange(existing)) {
    return planned(row, 'failed', reason('forbidden', 'is a risk here that your permissions do not reach'));
  }
  if (existing.deletedAt !== null) {
    return planned(row, 'skipped', reason('deleted', 'is a risk that was deleted here; restore it to import it again'));
  }
  if (mode === 'create') return planned(row, 'failed', reason('exists', 'is a risk that is here already'));
  if (mode === 'skip') return planned(row, 'skipped', reason('exists', 'is a risk that is here already'));
  const rated = scored(withCandidate(existing, candidate), thresholds);
  const nextReviewAt = candidate.nextReviewAt ?? reviewBroughtForward(existing, rated, today);
  const risk = { ...rated, nextReviewAt };
  if (Object.keys(risk.customFields).length > RISK_LIMITS.customFields) {
    const message = `would be more than ${RISK_LIMITS.customFields} together with those that the risk has`;
    return planned(row, 'failed', { pointer: '/customFields', code: 'max-items', message });
  }
  const fields = changedFields(existing, risk);
  if (fields.length === 0) return planned(row, 'unchanged');
  return { ...planned(row, 'updated'), risk, before: existing, changedFields: fields };
}

function planned(
  { row, line, candidate, problems, notices }: ImportRow,
  outcome: RowOutcome,
  ...more: readonly FieldProblem[]
): PlannedRow {
  return {
    row,
    ...(line === undefined ? {} : { line }),
    outcome,
    externalId: candidate?.externalId ?? null,
    problems: [...problems, ...more],
    notices,
  };
}

function reason(code: string, message: string): FieldProblem {
  return { pointer: '', code, message };
}

/** A candidate as a risk of the register, not yet rated. */
export function newRisk(
  candidate: RiskCandidate,
  identity: Pick<RiskRecord, 'id' | 'ownerId' | 'source' | 'externalId'>,
): Parameters<typeof scored>[0] {
  return {
    ...identity,
    title: candidate.title,
    description: candidate.description,
    category: candidate.category ?? null,
    probability: candidate.probability,
    impact: candidate.impact,
    residualProbability: candidate.residualProbability ?? null,
    residualImpact: candidate.residualImpact ?? null,
    targetProbability: candidate.targetProbability ?? null,
    targetImpact: candidate.targetImpact ?? null,
    status: candidate.status ?? 'DRAFT',
    treatment: candidate.treatment ?? null,
    assigneeId: null,
    dueDate: candidate.dueDate ?? null,
    nextReviewAt: candidate.nextReviewAt ?? null,
    reviewCadenceDays: candidate.reviewCadenceDays ?? null,
    acceptanceRequested: false,
    acceptedUntil: null,
    acceptanceExpiring: false,
    tags: [...candidate.tags],
    frameworks: [...candidate.frameworks],
    assets: [],
    customFields: { ...candidate.customFields },
    deletedAt: null,
  };
}

/**
 * Only what the file brings changes, and never what the risk is known by. A file without a description, or with a blank
 * one, brings none; the same for lists.
 */
function withCandidate(risk: RiskResponse, candidate: RiskCandidate): RiskResponse {
  const { status: _, riskId: _i, externalId: _e, description, tags, frameworks, ...brought } = candidate;
  const { customFields = {}, ...fields } = brought;
  return {
    ...risk,
    ...fields,
    description: description || risk.description,
    tags: tags.length > 0 ? [...tags] : risk.tags,
    frameworks: frameworks.length > 0 ? [...frameworks] : risk.frameworks,
    customFields: withCustomFields(risk.customFields, customFields),
  };
}
