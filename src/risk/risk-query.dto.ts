import { Instant, Text } from '../http/fields.decorator';
import {
  QueryChoices,
  QueryDecimal,
  QueryFlag,
  QueryIntegers,
  QueryTexts,
  QueryUuids,
} from '../http/query-fields.decorator';
import { PageQuery } from '../http/pagination';
import { RISK_STATUSES, type RiskStatus } from './lifecycle/risk-lifecycle';
import { SEVERITIES, type Severity } from './risk-score';
import { RISK_LIMITS, RISK_SOURCES, type RiskSource } from './risk-terms';

const rating = { min: 1, max: 5, maxItems: 5 };
const score = { min: 0, max: 100 };

/** What a list of risks can be narrowed by. All that is given must hold; of several values of one, any. */
export class RiskQuery extends PageQuery {
  @Text({
    min: 1,
    max: 200,
    optional: true,
    about: 'Words, or their beginnings, in title and description; or any part of the title.',
    example: 'server',
  })
  q?: string;

  @QueryChoices(RISK_STATUSES, {})
  status?: RiskStatus[];

  @QueryChoices(SEVERITIES, { example: ['HIGH', 'CRITICAL'] })
  severity?: Severity[];

  @QueryTexts({ max: RISK_LIMITS.category, maxItems: 20, about: 'Repeat it for several.' })
  category?: string[];

  @QueryTexts({ max: RISK_LIMITS.tag, maxItems: 20, about: 'Repeat it for several.' })
  tag?: string[];

  @QueryTexts({ max: RISK_LIMITS.tag, maxItems: 20, about: 'Repeat it for several.' })
  framework?: string[];

  @QueryUuids({ maxItems: 20 })
  ownerId?: string[];

  @QueryUuids({ maxItems: 20 })
  assigneeId?: string[];

  @QueryUuids({ maxItems: 20, about: 'Risks that threaten one of these assets.' })
  assetId?: string[];

  @QueryChoices(RISK_SOURCES, {})
  source?: RiskSource[];

  @QueryIntegers({ ...rating })
  probability?: number[];

  @QueryIntegers({ ...rating })
  impact?: number[];

  @QueryDecimal({ ...score, about: 'This score or more.' })
  scoreMin?: number;

  @QueryDecimal({ ...score, about: 'This score or less.' })
  scoreMax?: number;

  @QueryDecimal({ ...score, about: 'This residual score or more; those without one are left out.' })
  residualScoreMin?: number;

  @QueryDecimal({ ...score, about: 'This residual score or less; those without one are left out.' })
  residualScoreMax?: number;

  @QueryDecimal({ ...score, about: 'This target score or more; those without one are left out.' })
  targetScoreMin?: number;

  @QueryDecimal({ ...score, about: 'This target score or less; those without one are left out.' })
  targetScoreMax?: number;

  @Instant({ optional: true, about: 'Created at this instant or later.' })
  createdSince?: string;

  @Instant({ optional: true, about: 'Changed at this instant or later.' })
  updatedSince?: string;

  @QueryFlag({ about: 'Whether the due date has passed (UTC) while the risk is not MITIGATED, ACCEPTED or CLOSED.' })
  overdue?: boolean;

  @QueryFlag({ about: 'Whether an acceptance waits for a decision.' })
  acceptanceRequested?: boolean;

  @QueryFlag({ about: 'Whether the acceptance in force ends within 14 days.' })
  acceptanceExpiring?: boolean;

  @Text({
    min: 1,
    max: 200,
    optional: true,
    about:
      'Fields in order, - for descending: score, residualScore, targetScore, title, probability, impact, createdAt, updatedAt, dueDate.',
    example: '-score',
  })
  sort: string = '-score';
}
