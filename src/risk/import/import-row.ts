import type { FieldProblem } from '../../errors/domain-error';
import type { CustomFieldValue } from '../custom-field-values';
import type { InitialStatus } from '../lifecycle/risk-lifecycle';
import type { Treatment } from '../risk-terms';

export type Rating = 1 | 2 | 3 | 4 | 5;

/** A risk as a file proposes it: within every limit of the register, but not yet compared with what is stored. */
export interface RiskCandidate {
  /** The same for the same risk in every export of the same source. */
  readonly externalId: string;
  /** What the register that exported the risk calls it: this one, or another. */
  readonly riskId?: string;
  readonly title: string;
  readonly description: string;
  readonly category?: string;
  readonly probability: Rating;
  readonly impact: Rating;
  /** Both or none. */
  readonly residualProbability?: Rating;
  readonly residualImpact?: Rating;
  /** Both or none. */
  readonly targetProbability?: Rating;
  readonly targetImpact?: Rating;
  /** For a risk that is created; an existing one keeps the status that its lifecycle gave it. */
  readonly status?: InitialStatus;
  readonly treatment?: Treatment;
  readonly tags: readonly string[];
  readonly frameworks: readonly string[];
  /** YYYY-MM-DD */
  readonly dueDate?: string;
  /** YYYY-MM-DD */
  readonly nextReviewAt?: string;
  readonly reviewCadenceDays?: number;
  readonly customFields?: Readonly<Record<string, CustomFieldValue>>;
}

/** One data row of the file. It has a candidate, or problems, or was merged into an earlier row: exactly one of them. */
export interface ImportRow {
  /** From 1; the header of a CSV does not count. */
  readonly row: number;
  /** Line of a CSV file on which the row ends, from 1. */
  readonly line?: number;
  readonly candidate?: RiskCandidate;
  /** Why the row cannot be imported. The pointer names the field as the file spells it. */
  readonly problems: readonly FieldProblem[];
  /** What was decided for the row where the file left a choice: an assumed rating, a cut title. */
  readonly notices: readonly FieldProblem[];
  /** The earlier row that describes the same finding and now stands for both. */
  readonly mergedInto?: number;
}
