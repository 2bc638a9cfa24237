import { EXAMPLE_ID } from '../../http/example-id';
import { Choice, DateOnly, Decimal, Nested, NestedList, Text, Uuid } from '../../http/fields.decorator';
import { QueryInteger } from '../../http/query-fields.decorator';
import { MITIGATION_STATUSES, type MitigationStatus } from '../../risk/mitigations/mitigation-lifecycle';
import { RISK_STATUSES, type RiskStatus } from '../../risk/lifecycle/risk-lifecycle';
import { SEVERITIES, type Severity } from '../../risk/risk-score';
import { RISK_SOURCES, type RiskSource } from '../../risk/risk-terms';
import type { TopRisk } from '../../risk/statistics/risk-statistics.reader';

export class TopRisksQuery {
  @QueryInteger({ min: 1, max: 100, about: 'How many at most.', example: 10 })
  limit: number = 10;
}

class RiskOwner {
  @Uuid()
  id!: string;

  @Text({ max: 255, nullable: true, example: 'Marta Kowalska' })
  name!: string | null;
}

class NextAction {
  @Uuid()
  mitigationId!: string;

  @Text({ max: 255, example: 'Separate the backups from the office network' })
  title!: string;

  @Choice(MITIGATION_STATUSES, { example: 'PLANNED' })
  status!: MitigationStatus;

  @DateOnly({ nullable: true, example: '2027-01-31' })
  dueDate!: string | null;

  @Uuid({ nullable: true })
  assigneeId!: string | null;
}

class TopRiskResponse implements TopRisk {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 255, example: 'Ransomware on file servers' })
  title!: string;

  @Decimal({ min: 0, max: 37.5, example: 25 })
  score!: number;

  @Choice(SEVERITIES, { example: 'CRITICAL' })
  severity!: Severity;

  @Choice(RISK_STATUSES, { example: 'IN_TREATMENT' })
  status!: RiskStatus;

  @Choice(RISK_SOURCES, { example: 'MANUAL' })
  source!: RiskSource;

  @DateOnly({ nullable: true, example: '2027-06-30' })
  dueDate!: string | null;

  @Nested(() => RiskOwner, { nullable: true })
  owner!: RiskOwner | null;

  @Nested(() => NextAction, { nullable: true, about: 'The open mitigation that is due first; null without one.' })
  nextAction!: NextAction | null;
}

export class TopRisksResponse {
  @NestedList(() => TopRiskResponse, { maxItems: 100, about: 'In the order of `GET /risks?sort=-score`.' })
  items!: readonly TopRisk[];
}
