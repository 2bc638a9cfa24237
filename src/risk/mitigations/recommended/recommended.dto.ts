import { EXAMPLE_ID } from '../../../http/example-id';
import { Choice, Decimal, Nested, NestedList, Text, Uuid } from '../../../http/fields.decorator';
import { QueryInteger } from '../../../http/query-fields.decorator';
import { RISK_STATUSES, type RiskStatus } from '../../lifecycle/risk-lifecycle';
import { SEVERITIES, type Severity } from '../../risk-score';
import { RISK_LIMITS } from '../../risk-terms';
import { MitigationResponse } from '../mitigation.dto';

export const MOST_RECOMMENDED = 100;

export class RecommendedQuery {
  @QueryInteger({ min: 1, max: MOST_RECOMMENDED, about: 'How many at most.', example: 10 })
  limit: number = 10;
}

class MitigatedRisk {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: RISK_LIMITS.title, example: 'Ransomware on file servers' })
  title!: string;

  @Decimal({ min: 0, max: 37.5, example: 18.75 })
  score!: number;

  @Choice(SEVERITIES, { example: 'HIGH' })
  severity!: Severity;

  @Choice(RISK_STATUSES, { example: 'IN_TREATMENT' })
  status!: RiskStatus;
}

class RecommendedMitigation {
  @Decimal({
    min: 0,
    max: 18.75,
    about: "The risk's score / max(2, cost + durationDays), to two decimals.",
    example: 1.17,
  })
  priority!: number;

  @Nested(() => MitigatedRisk)
  risk!: MitigatedRisk;

  @Nested(() => MitigationResponse)
  mitigation!: MitigationResponse;
}

export class RecommendedResponse {
  @NestedList(() => RecommendedMitigation, {
    maxItems: MOST_RECOMMENDED,
    about: 'What takes most off the register for the least effort comes first; of equals, the higher score.',
  })
  items!: RecommendedMitigation[];
}
