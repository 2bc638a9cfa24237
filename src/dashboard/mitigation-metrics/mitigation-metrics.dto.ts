import { Decimal, Integer, Nested } from '../../http/fields.decorator';
import type { MitigationStatus } from '../../risk/mitigations/mitigation-lifecycle';

const count = { min: 0, max: Number.MAX_SAFE_INTEGER };

class MitigationsByStatus implements Record<MitigationStatus, number> {
  @Integer({ ...count, example: 40 }) PLANNED!: number;
  @Integer({ ...count, example: 31 }) IN_PROGRESS!: number;
  @Integer({ ...count, example: 8 }) REVIEW!: number;
  @Integer({ ...count, example: 118 }) DONE!: number;
  @Integer({ ...count, example: 6 }) CANCELLED!: number;
}

/** Of the mitigations of risks that are not deleted. */
export class MitigationMetricsResponse {
  @Integer({ ...count, example: 203, about: 'Total of `GET /mitigations?total=true`.' })
  total!: number;

  @Nested(() => MitigationsByStatus, { about: 'Totals of `GET /mitigations?status=...`.' })
  byStatus!: Readonly<Record<MitigationStatus, number>>;

  @Decimal({
    ...{ min: 0, max: 100, nullable: true, example: 59.9 },
    about: 'Per cent that are DONE, of those that were not cancelled, to one decimal; null without any.',
  })
  completionRate!: number | null;

  @Decimal({
    ...{ min: 0, max: 100_000, nullable: true, example: 34.2 },
    about: 'Mean days from when a mitigation was added to when it was DONE, to one decimal; null without any.',
  })
  averageDays!: number | null;

  @Integer({ ...count, example: 12, about: 'Total of `GET /mitigations?overdue=true`.' })
  overdue!: number;
}
