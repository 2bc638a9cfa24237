import { OmitType, PartialType } from '@nestjs/swagger';
import { EXAMPLE_ID } from '../http/example-id';
import {
  Choice,
  DateOnly,
  Decimal,
  Flag,
  Instant,
  Integer,
  NestedList,
  Text,
  TextList,
  Uuid,
  UuidList,
} from '../http/fields.decorator';
import { type CustomFieldChanges, type CustomFields } from './custom-field-values';
import { CustomFieldsField } from './custom-fields.decorator';
import { INITIAL_STATUSES, RISK_STATUSES, type InitialStatus, type RiskStatus } from './lifecycle/risk-lifecycle';
import { CRITICALITIES, SEVERITIES, type Criticality, type Severity } from './risk-score';
import { RISK_LIMITS, RISK_SOURCES, TREATMENTS, type RiskSource, type Treatment } from './risk-terms';

const rating = { min: 1, max: 5 };
const score = { min: 0, max: 37.5 };
const cadence = RISK_LIMITS.cadenceDays;
const severityRule =
  'By the thresholds of GET /risk-settings; unless changed CRITICAL from 20, HIGH from 15, MEDIUM from 10.';
const tagList = { maxItems: RISK_LIMITS.tags, max: RISK_LIMITS.tag };

export class CreateRisk {
  @Text({ min: 1, max: RISK_LIMITS.title, example: 'Ransomware on file servers' })
  title!: string;

  @Text({ max: RISK_LIMITS.description, optional: true, example: 'Backups are reachable from the office network.' })
  description?: string;

  @Text({ min: 1, max: RISK_LIMITS.category, optional: true, nullable: true, example: 'Malware' })
  category?: string | null;

  @Integer({ ...rating, about: 'From 1, rare, to 5, almost certain.', example: 3 })
  probability!: number;

  @Integer({ ...rating, about: 'From 1, negligible, to 5, severe.', example: 5 })
  impact!: number;

  @Integer({ ...rating, optional: true, nullable: true, about: 'With residualImpact, or neither.', example: 2 })
  residualProbability?: number | null;

  @Integer({ ...rating, optional: true, nullable: true, about: 'With residualProbability, or neither.', example: 4 })
  residualImpact?: number | null;

  @Integer({ ...rating, optional: true, nullable: true, about: 'With targetImpact, or neither.', example: 1 })
  targetProbability?: number | null;

  @Integer({ ...rating, optional: true, nullable: true, about: 'With targetProbability, or neither.', example: 4 })
  targetImpact?: number | null;

  @Choice(INITIAL_STATUSES, {
    optional: true,
    about: 'DRAFT unless given; later moves are transitions.',
    example: 'DRAFT',
  })
  status?: InitialStatus;

  @Choice(TREATMENTS, { optional: true, nullable: true, example: 'MITIGATE' })
  treatment?: Treatment | null;

  @Uuid({ optional: true, nullable: true, about: 'A member of the tenant.', example: null })
  ownerId?: string | null;

  @Uuid({ optional: true, nullable: true, about: 'A member of the tenant.', example: null })
  assigneeId?: string | null;

  @DateOnly({ optional: true, nullable: true, example: '2027-06-30' })
  dueDate?: string | null;

  @DateOnly({
    optional: true,
    nullable: true,
    about: 'Follows from the review cadence unless given; null: no review is due.',
    example: '2027-01-31',
  })
  nextReviewAt?: string | null;

  @Integer({ ...cadence, optional: true, nullable: true, about: 'Null: as its severity asks for.', example: 90 })
  reviewCadenceDays?: number | null;

  @TextList({ ...tagList, optional: true, example: ['ransomware', 'backup'] })
  tags?: string[];

  @TextList({ ...tagList, optional: true, example: ['ISO27001', 'NIST'] })
  frameworks?: string[];

  @UuidList({ maxItems: RISK_LIMITS.assets, optional: true, about: 'All assets that the risk threatens.', example: [] })
  assetIds?: string[];

  @Text({
    min: 1,
    max: RISK_LIMITS.externalId,
    optional: true,
    nullable: true,
    about: 'Name of the risk in another system; unique in the tenant among risks of the same source.',
    example: null,
  })
  externalId?: string | null;

  @CustomFieldsField({ optional: true })
  customFields?: CustomFieldChanges;
}

/** Merge patch: only what is sent changes; null clears. The status moves by transitions only. */
export class UpdateRisk extends PartialType(OmitType(CreateRisk, ['status']), { skipNullProperties: false }) {}

export class RiskAssetResponse {
  @Uuid()
  id!: string;

  @Text({ max: 255, example: 'File server FS-01' })
  name!: string;

  @Choice(CRITICALITIES, { example: 'HIGH' })
  criticality!: Criticality;
}

/** The one representation of a risk: in lists, alone, and as a snapshot in its history. */
export class RiskResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: RISK_LIMITS.title, example: 'Ransomware on file servers' })
  title!: string;

  @Text({ max: RISK_LIMITS.description, example: 'Backups are reachable from the office network.' })
  description!: string;

  @Text({ max: RISK_LIMITS.category, nullable: true, example: 'Malware' })
  category!: string | null;

  @Integer({ ...rating, example: 3 })
  probability!: number;

  @Integer({ ...rating, example: 5 })
  impact!: number;

  @Decimal({ ...score, about: 'Probability x impact x mean factor of the assets.', example: 18.75 })
  score!: number;

  @Choice(SEVERITIES, { about: severityRule, example: 'HIGH' })
  severity!: Severity;

  @Integer({ ...rating, nullable: true, example: 2 })
  residualProbability!: number | null;

  @Integer({ ...rating, nullable: true, example: 4 })
  residualImpact!: number | null;

  @Decimal({ ...score, nullable: true, about: 'The score after treatment.', example: 10 })
  residualScore!: number | null;

  @Choice(SEVERITIES, { nullable: true, about: 'Of the residual score.', example: 'MEDIUM' })
  residualSeverity!: Severity | null;

  @Integer({ ...rating, nullable: true, example: 1 })
  targetProbability!: number | null;

  @Integer({ ...rating, nullable: true, example: 4 })
  targetImpact!: number | null;

  @Decimal({ ...score, nullable: true, about: 'The score that the treatment is to reach.', example: 5 })
  targetScore!: number | null;

  @Choice(SEVERITIES, { nullable: true, about: 'Of the target score.', example: 'LOW' })
  targetSeverity!: Severity | null;

  @Choice(RISK_STATUSES, { example: 'IDENTIFIED' })
  status!: RiskStatus;

  @Choice(TREATMENTS, { nullable: true, example: 'MITIGATE' })
  treatment!: Treatment | null;

  @Uuid({ nullable: true })
  ownerId!: string | null;

  @Uuid({ nullable: true })
  assigneeId!: string | null;

  @DateOnly({ nullable: true, example: '2027-06-30' })
  dueDate!: string | null;

  @DateOnly({ nullable: true, example: '2027-01-31' })
  nextReviewAt!: string | null;

  @Integer({ ...cadence, nullable: true, about: 'Null: as its severity asks for.', example: null })
  reviewCadenceDays!: number | null;

  @Flag({ about: 'Whether an acceptance waits for a decision.', example: false })
  acceptanceRequested!: boolean;

  @DateOnly({ nullable: true, about: 'The last day of the acceptance that is in force; null without.', example: null })
  acceptedUntil!: string | null;

  @Flag({ about: 'Whether that day is near: it was said so in the history.', example: false })
  acceptanceExpiring!: boolean;

  @TextList({ ...tagList, example: ['ransomware', 'backup'] })
  tags!: string[];

  @TextList({ ...tagList, example: ['ISO27001', 'NIST'] })
  frameworks!: string[];

  @NestedList(() => RiskAssetResponse, { maxItems: RISK_LIMITS.assets, about: 'By name.' })
  assets!: RiskAssetResponse[];

  @Choice(RISK_SOURCES, { example: 'MANUAL' })
  source!: RiskSource;

  @Text({ max: RISK_LIMITS.externalId, nullable: true, example: null })
  externalId!: string | null;

  @CustomFieldsField()
  customFields!: CustomFields;

  @Integer({ min: 1, max: 2_147_483_647, about: 'Raised by every change; its ETag starts with it.', example: 1 })
  version!: number;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  updatedAt!: string;

  @Instant({ nullable: true, about: 'Null, but in snapshots of deleted risks.', example: null })
  deletedAt!: string | null;
}
