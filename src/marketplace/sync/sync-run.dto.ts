import { Choice, Flag, Instant, Integer, Nested, NestedList, Text, Uuid } from '../../http/fields.decorator';
import { APP_LIMITS } from '../apps/app-terms';

const RUN_STATUSES = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const;
const STARTED_BY = ['MANUAL', 'SCHEDULE'] as const;
const count = { min: 0, max: 2_147_483_647 };

class SyncCountsResponse {
  @Integer({ ...count, about: 'Records: the sum of the others but `vanished`.', example: 1252 })
  read!: number;

  @Integer({ ...count, example: 12 })
  created!: number;

  @Integer({ ...count, example: 3 })
  updated!: number;

  @Integer({ ...count, example: 1236 })
  unchanged!: number;

  @Integer({ ...count, about: 'Deleted here, said twice, or about nothing that is here.', example: 0 })
  skipped!: number;

  @Integer({ ...count, about: 'Left out, for the reason in `failures`.', example: 1 })
  failed!: number;

  @Integer({ ...count, about: 'Risks that the source does not have any more: marked, not deleted.', example: 0 })
  vanished!: number;
}

class SyncProblem {
  @Text({ max: 500, about: 'JSON pointer to the field as the source spells it.', example: '/dueDate' })
  pointer!: string;

  @Text({ max: 100, example: 'date' })
  code!: string;

  @Text({ max: 2000, example: 'is not a date' })
  message!: string;
}

class SyncFailureResponse {
  @Text({ max: 255, nullable: true, example: 'CVE-2024-3094' })
  externalId!: string | null;

  @Integer({ min: 1, max: 2_147_483_647, optional: true, example: 17 })
  row?: number;

  @NestedList(() => SyncProblem, { maxItems: 100 })
  problems!: SyncProblem[];
}

export class SyncRunResponse {
  @Uuid()
  id!: string;

  @Uuid()
  appId!: string;

  @Choice(RUN_STATUSES, { example: 'SUCCEEDED' })
  status!: (typeof RUN_STATUSES)[number];

  @Choice(STARTED_BY, { example: 'MANUAL' })
  startedBy!: (typeof STARTED_BY)[number];

  @Uuid({ nullable: true, about: 'Who asked for it; null for the schedule.' })
  createdBy!: string | null;

  @Uuid({ about: 'The background job that works on it.' })
  jobId!: string;

  @Nested(() => SyncCountsResponse)
  counts!: SyncCountsResponse;

  @Integer({ ...count, nullable: true, about: 'Of records, when the source says so.', example: 1252 })
  total!: number | null;

  @Text({ max: 2000, nullable: true, about: 'Where it goes on after a crash.', example: null })
  checkpoint!: string | null;

  @Text({ max: 2000, nullable: true, about: 'Why it failed, or why the last attempt did.', example: null })
  error!: string | null;

  @Instant({ nullable: true, about: 'When a source that did not answer is tried again.', example: null })
  retryAt!: string | null;

  @NestedList(() => SyncFailureResponse, { maxItems: 20, about: 'The first records that were left out.' })
  failures!: SyncFailureResponse[];

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;

  @Instant({ nullable: true, example: '2026-06-30T12:00:01.000Z' })
  startedAt!: string | null;

  @Instant({ nullable: true, example: '2026-06-30T12:00:05.000Z' })
  finishedAt!: string | null;
}

export class SyncSettings {
  @Flag({ about: 'Whether the app is synchronised by itself.', example: true })
  autoSync!: boolean;

  @Integer({
    min: APP_LIMITS.shortestInterval,
    max: APP_LIMITS.longestInterval,
    about: 'Between two runs; up to a tenth more, so that not all apps come to one source at once.',
    example: 3600,
  })
  syncIntervalSeconds!: number;
}
