import { daysBefore } from '../../http/period';
import type { Severity } from '../risk-score';

/** How many days after a review, or after its creation, a risk is due again when it has no cadence of its own. */
export const REVIEW_CADENCE_DAYS: Readonly<Record<Severity, number>> = {
  CRITICAL: 30,
  HIGH: 90,
  MEDIUM: 180,
  LOW: 365,
};

export interface ReviewedRisk {
  readonly severity: Severity;
  /** Null: as its severity asks for. */
  readonly reviewCadenceDays: number | null;
  /** YYYY-MM-DD; null: no review is due. */
  readonly nextReviewAt: string | null;
}

export function cadenceOf({ severity, reviewCadenceDays }: Omit<ReviewedRisk, 'nextReviewAt'>): number {
  return reviewCadenceDays ?? REVIEW_CADENCE_DAYS[severity];
}

/** When a risk that is looked at today is due again. */
export function nextReview(risk: Omit<ReviewedRisk, 'nextReviewAt'>, today: string): string {
  return daysBefore(today, -cadenceOf(risk));
}

/**
 * When a changed risk is due: a shorter cadence (its own, or that of a worse severity) counts from today and brings the
 * review forward. Nothing but a review, or a date that somebody gives, puts it off.
 */
export function reviewBroughtForward(before: ReviewedRisk, after: ReviewedRisk, today: string): string | null {
  if (before.nextReviewAt === null || cadenceOf(after) >= cadenceOf(before)) return before.nextReviewAt;
  const soon = nextReview(after, today);
  return soon < before.nextReviewAt ? soon : before.nextReviewAt;
}
