import { EXAMPLE_ID } from '../http/example-id';
import { AnyJson, Choice, Flag, Instant, Integer, Text, Uuid } from '../http/fields.decorator';

export const JOB_STATUSES = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

const count = { min: 0, max: 2_147_483_647 };

export class JobResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 100, about: 'What is to be done.', example: 'risk.import' })
  kind!: string;

  @Choice(JOB_STATUSES, { example: 'SUCCEEDED' })
  status!: JobStatus;

  @Integer({ ...count, example: 250 })
  done!: number;

  @Integer({ ...count, nullable: true, about: 'What `done` counts up to; null while nobody knows.', example: 1000 })
  total!: number | null;

  @AnyJson({ about: 'As the request would have been answered at once; null until it is done.', example: null })
  result!: unknown;

  @Text({ max: 2000, nullable: true, about: 'Why it failed.', example: null })
  error!: string | null;

  @Flag({ about: 'Whether `GET /jobs/{id}/result` has a file, for a week.', example: false })
  hasFile!: boolean;

  @Uuid({ nullable: true, about: 'Who has asked for it.' })
  createdBy!: string | null;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;

  @Instant({ nullable: true, example: '2026-06-30T12:00:01.000Z' })
  startedAt!: string | null;

  @Instant({ nullable: true, example: null })
  finishedAt!: string | null;
}
