import { EXAMPLE_ID } from '../../http/example-id';
import { Choice, Instant, Integer, NestedList, Text, UuidList } from '../../http/fields.decorator';
import { PERIODS, type Period } from '../../http/period';
import { SEVERITIES, type Severity } from '../risk-score';
import type { MatrixCell } from './matrix-cells';

export class MatrixQuery {
  @Choice(PERIODS, {
    optional: true,
    about: 'Risks created in the last 7, 30, 90 or 365 days before today (UTC), and today; or all.',
    example: 'all',
  })
  period: Period = 'all';
}

export class MatrixCellResponse implements MatrixCell {
  @Integer({ min: 1, max: 5, example: 4 })
  probability!: number;

  @Integer({ min: 1, max: 5, example: 5 })
  impact!: number;

  @Choice(SEVERITIES, { about: 'Of a risk with these ratings and no assets.', example: 'CRITICAL' })
  severity!: Severity;

  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 1 })
  count!: number;

  @UuidList({
    maxItems: 5,
    about: 'The first few, highest score first.',
    example: [EXAMPLE_ID],
  })
  riskIds!: readonly string[];

  @Text({ max: 500, about: 'The list of exactly these risks.', example: '/api/v1/risks?probability=4&impact=5' })
  href!: string;
}

export class MatrixResponse {
  @Choice(PERIODS, { example: 'all' })
  period!: Period;

  @Instant({ nullable: true, about: 'When the period began; null for all time.', example: null })
  createdSince!: string | null;

  @NestedList(() => MatrixCellResponse, { maxItems: 25, about: 'All 25, by probability and impact, empty ones too.' })
  cells!: readonly MatrixCell[];
}
