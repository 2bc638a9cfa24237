import { Decimal, Integer, NestedList, Text } from '../../http/fields.decorator';

export const MOST_GROUPS = 100;

/** The risks that have something in common. */
export class RiskShare {
  @Text({ max: 100, nullable: true, example: 'HIGH', about: 'Null for risks without; an id where `label` is a name.' })
  key!: string | null;

  @Text({ max: 255, nullable: true, example: null, about: 'The name of an owner.' })
  label!: string | null;

  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 96 })
  count!: number;

  @Decimal({ min: 0, max: 37.5, example: 16.21, about: 'Mean score, half rounded up; 0 without risks.' })
  averageScore!: number;
}

const largest = { maxItems: MOST_GROUPS, about: 'The largest first, at most 100.' };

export class RiskDistributionResponse {
  @NestedList(() => RiskShare, { maxItems: 4, about: 'Totals of `GET /risks?severity=...`, from LOW to CRITICAL.' })
  bySeverity!: readonly RiskShare[];

  @NestedList(() => RiskShare, {
    maxItems: 9,
    about: 'Totals of `GET /risks?status=...`, in the order of the lifecycle.',
  })
  byStatus!: readonly RiskShare[];

  @NestedList(() => RiskShare, { ...largest, about: `Totals of \`GET /risks?category=...\`. ${largest.about}` })
  byCategory!: readonly RiskShare[];

  @NestedList(() => RiskShare, {
    ...largest,
    about: `Totals of \`GET /risks?framework=...\`; a risk may count in several. ${largest.about}`,
  })
  byFramework!: readonly RiskShare[];

  @NestedList(() => RiskShare, { ...largest, about: `Totals of \`GET /risks?ownerId=...\`. ${largest.about}` })
  byOwner!: readonly RiskShare[];

  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, example: 0, about: 'Categories, frameworks and owners left out.' })
  omittedGroups!: number;
}
