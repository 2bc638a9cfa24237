import { OmitType, PartialType } from '@nestjs/swagger';
import { EXAMPLE_ID } from '../../http/example-id';
import { Choice, DateOnly, Instant, Integer, Text, Uuid } from '../../http/fields.decorator';
import { INITIAL_MITIGATION_STATUSES, MITIGATION_STATUSES, type MitigationStatus } from './mitigation-lifecycle';
import { MITIGATION_LIMITS } from './mitigation-terms';

const progress = { min: 0, max: 100 };
const cost = { min: 1, max: MITIGATION_LIMITS.cost };
const durationDays = { min: 0, max: MITIGATION_LIMITS.durationDays };

export class CreateMitigation {
  @Text({ min: 1, max: MITIGATION_LIMITS.title, example: 'Take the backups off the office network' })
  title!: string;

  @Uuid({ optional: true, nullable: true, about: 'A member of the tenant.', example: null })
  assigneeId?: string | null;

  @Choice(INITIAL_MITIGATION_STATUSES, { optional: true, about: 'PLANNED unless given.', example: 'PLANNED' })
  status?: (typeof INITIAL_MITIGATION_STATUSES)[number];

  @Integer({ ...progress, optional: true, about: 'In percent; 0 unless given.', example: 0 })
  progress?: number;

  @DateOnly({ optional: true, nullable: true, example: '2027-06-30' })
  dueDate?: string | null;

  @Integer({ ...cost, optional: true, about: 'From 1, low, to 3, high; 1 unless given.', example: 2 })
  cost?: number;

  @Integer({ ...durationDays, optional: true, about: '1 unless given.', example: 14 })
  durationDays?: number;
}

/** Merge patch: only what is sent changes; null clears. */
export class UpdateMitigation extends PartialType(OmitType(CreateMitigation, ['status', 'progress']), {
  skipNullProperties: false,
}) {
  @Choice(MITIGATION_STATUSES, {
    optional: true,
    about: 'DONE needs every sub-action done.',
    example: 'IN_PROGRESS',
  })
  status?: MitigationStatus;

  @Integer({ ...progress, optional: true, about: 'Follows from the sub-actions when there are any.', example: 0 })
  progress?: number;
}

export class MitigationResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Uuid({ example: EXAMPLE_ID })
  riskId!: string;

  @Text({ max: MITIGATION_LIMITS.title, example: 'Take the backups off the office network' })
  title!: string;

  @Uuid({ nullable: true })
  assigneeId!: string | null;

  @Choice(MITIGATION_STATUSES, { example: 'IN_PROGRESS' })
  status!: MitigationStatus;

  @Integer({ ...progress, about: 'Of the sub-actions, how many percent are done, when there are any.', example: 50 })
  progress!: number;

  @Integer({ min: 0, max: MITIGATION_LIMITS.subActions, example: 4 })
  subActionCount!: number;

  @Integer({ min: 0, max: MITIGATION_LIMITS.subActions, example: 2 })
  subActionsDone!: number;

  @DateOnly({ nullable: true, example: '2027-06-30' })
  dueDate!: string | null;

  @Integer({ ...cost, example: 2 })
  cost!: number;

  @Integer({ ...durationDays, example: 14 })
  durationDays!: number;

  @Instant({ nullable: true, about: 'When it became DONE; null while it is not.', example: null })
  completedAt!: string | null;

  @Integer({ min: 1, max: 2_147_483_647, about: 'Raised by every change, of its sub-actions too.', example: 3 })
  version!: number;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  updatedAt!: string;
}
