import { EXAMPLE_ID } from '../../http/example-id';
import { Choice, DateOnly, Instant, Integer, Nested, Text, Uuid } from '../../http/fields.decorator';
import { ActorResponse } from '../history/history.dto';
import { RISK_STATUSES, type RiskStatus } from '../lifecycle/risk-lifecycle';
import { SEVERITIES, type Severity } from '../risk-score';
import { RISK_LIMITS } from '../risk-terms';

/** CONFIRMED stands as it is; CHANGED was changed because of it; ESCALATED needs others; CLOSE has had its time. */
export const REVIEW_OUTCOMES = ['CONFIRMED', 'CHANGED', 'ESCALATED', 'CLOSE'] as const;
export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number];

const outcome = 'CONFIRMED: it stands; CHANGED: it was rated anew; ESCALATED: others must see it; CLOSE: it is over.';

export class ReviewRequest {
  @Choice(REVIEW_OUTCOMES, { about: outcome, example: 'CONFIRMED' })
  outcome!: ReviewOutcome;

  @Text({ min: 1, max: 2000, optional: true, example: 'Nothing has changed since the audit.' })
  note?: string;

  @DateOnly({
    optional: true,
    about: 'After today (UTC); follows from the review cadence unless given.',
    example: '2099-12-31',
  })
  nextReviewAt?: string;
}

export class ReviewResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Uuid({ example: EXAMPLE_ID })
  riskId!: string;

  @Integer({ min: 1, max: 2_147_483_647, about: 'The version of the risk that was reviewed.', example: 4 })
  riskVersion!: number;

  @Choice(REVIEW_OUTCOMES, { about: outcome, example: 'CONFIRMED' })
  outcome!: ReviewOutcome;

  @Text({ max: 2000, nullable: true, example: 'Nothing has changed since the audit.' })
  note!: string | null;

  @DateOnly({ about: 'When it is due again.', example: '2027-01-31' })
  nextReviewAt!: string;

  @Nested(() => ActorResponse)
  reviewedBy!: ActorResponse;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  reviewedAt!: string;
}

export class OverdueReviewResponse {
  @Uuid({ example: EXAMPLE_ID })
  riskId!: string;

  @Text({ max: RISK_LIMITS.title, example: 'Ransomware on file servers' })
  title!: string;

  @Choice(RISK_STATUSES, { example: 'IN_TREATMENT' })
  status!: RiskStatus;

  @Choice(SEVERITIES, { example: 'HIGH' })
  severity!: Severity;

  @Uuid({ nullable: true })
  ownerId!: string | null;

  @Uuid({ nullable: true })
  assigneeId!: string | null;

  @DateOnly({ about: 'When the review was due.', example: '2026-06-30' })
  nextReviewAt!: string;

  @Integer({ min: 1, max: 2_147_483_647, about: 'Since then, in UTC.', example: 12 })
  overdueDays!: number;

  @Integer({ ...RISK_LIMITS.cadenceDays, nullable: true, about: 'Null: as its severity asks for.', example: null })
  reviewCadenceDays!: number | null;

  @Instant({ nullable: true, about: 'When it was reviewed last; null when it never was.', example: null })
  reviewedAt!: string | null;
}
