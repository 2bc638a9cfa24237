import { Choice, DateOnly, Decimal, Integer, Nested, NestedList } from '../http/fields.decorator';
import { PERIODS, type Period } from '../http/period';
import { QueryInteger } from '../http/query-fields.decorator';
import type { RiskStatus } from '../risk/lifecycle/risk-lifecycle';
import type { Severity } from '../risk/risk-score';
import type { RatingCount } from '../risk/statistics/risk-statistics.reader';
import type { Figures } from './figures';
import type { TrendPoint } from './trend';

const most = Number.MAX_SAFE_INTEGER;
const highestScore = 37.5;

export class StatsQuery {
  @Choice(PERIODS, {
    optional: true,
    example: 'month',
    about:
      'With what to compare: the register 7, 30 (default), 90 or 365 days ago at 00:00 UTC; `all` compares nothing.',
  })
  period: Period = 'month';
}

export class TrendsQuery {
  @QueryInteger({ min: 1, max: 365, about: 'How many days, today included.', example: 30 })
  days: number = 30;
}

/** @param least below 0 for differences */
function severityCounts(name: string, least: number): new () => Record<Severity, number> {
  const count = Integer({ min: least, max: most, example: 0 });
  class Counts implements Record<Severity, number> {
    @count LOW!: number;
    @count MEDIUM!: number;
    @count HIGH!: number;
    @count CRITICAL!: number;
  }
  return Object.defineProperty(Counts, 'name', { value: name });
}

/** @param least below 0 for differences */
function statusCounts(name: string, least: number): new () => Record<RiskStatus, number> {
  const count = Integer({ min: least, max: most, example: 0 });
  class Counts implements Record<RiskStatus, number> {
    @count DRAFT!: number;
    @count IDENTIFIED!: number;
    @count ASSESSED!: number;
    @count TREATMENT_PLANNED!: number;
    @count IN_TREATMENT!: number;
    @count MITIGATED!: number;
    @count ACCEPTED!: number;
    @count CLOSED!: number;
    @count REOPENED!: number;
  }
  return Object.defineProperty(Counts, 'name', { value: name });
}

const RisksBySeverity = severityCounts('RisksBySeverity', 0);
const RisksByStatus = statusCounts('RisksByStatus', 0);
const ChangeBySeverity = severityCounts('RisksBySeverityChange', -most);
const ChangeByStatus = statusCounts('RisksByStatusChange', -most);

class FiguresResponse implements Figures {
  @Integer({ min: 0, max: most, example: 412, about: 'Total of `GET /risks?total=true`: deleted risks count nowhere.' })
  totalRisks!: number;

  @Integer({
    min: 0,
    max: 100,
    example: 58,
    about:
      '100 is best: max(0, 100 - mean score x 4), half rounded up, of the mean before rounding; 100 without risks.',
  })
  globalRiskScore!: number;

  @Integer({ min: 0, max: most, example: 96, about: 'Total of `GET /risks?scoreMin=15`.' })
  highRisks!: number;

  @Integer({ min: 0, max: most, example: 51, about: 'Total of `GET /risks?status=MITIGATED`.' })
  mitigatedRisks!: number;

  @Integer({ min: 0, max: most, example: 23, about: 'Total of `GET /risks?overdue=true`.' })
  overdueRisks!: number;

  @Decimal({ min: 0, max: highestScore, example: 10.42, about: 'Mean score, half rounded up; 0 without risks.' })
  averageScore!: number;

  @Nested(() => RisksBySeverity, { about: 'Totals of `GET /risks?severity=...`.' })
  risksBySeverity!: Readonly<Record<Severity, number>>;

  @Nested(() => RisksByStatus, { about: 'Totals of `GET /risks?status=...`.' })
  risksByStatus!: Readonly<Record<RiskStatus, number>>;
}

class FiguresChange implements Figures {
  @Integer({ min: -most, max: most, example: 12 })
  totalRisks!: number;

  @Integer({ min: -100, max: 100, example: -2, about: 'Below 0: it has become worse.' })
  globalRiskScore!: number;

  @Integer({ min: -most, max: most, example: 3 })
  highRisks!: number;

  @Integer({ min: -most, max: most, example: 4 })
  mitigatedRisks!: number;

  @Integer({ min: -most, max: most, example: -1 })
  overdueRisks!: number;

  @Decimal({ min: -highestScore, max: highestScore, example: 0.31 })
  averageScore!: number;

  @Nested(() => ChangeBySeverity)
  risksBySeverity!: Readonly<Record<Severity, number>>;

  @Nested(() => ChangeByStatus)
  risksByStatus!: Readonly<Record<RiskStatus, number>>;
}

/** Flat numbers for scripts (`.highRisks`); what they are compared with stands under the same names (`.change.highRisks`). */
export class StatsResponse extends FiguresResponse {
  @Choice(PERIODS, { example: 'month' })
  period!: Period;

  @DateOnly({ example: '2026-03-31', about: 'The day, in UTC, that decides what is overdue.' })
  today!: string;

  @DateOnly({
    nullable: true,
    example: '2026-03-01',
    about: 'At 00:00 UTC of this day `previous` was so; null for `all`.',
  })
  since!: string | null;

  @Nested(() => FiguresResponse, {
    nullable: true,
    about: 'The same numbers then, from the history of the risks; null for `all` and when there was no register yet.',
  })
  previous!: Figures | null;

  @Nested(() => FiguresChange, { nullable: true, about: 'Each number minus its `previous`.' })
  change!: Figures | null;
}

class RiskMatrixCell implements RatingCount {
  @Integer({ min: 1, max: 5, example: 4 })
  probability!: number;

  @Integer({ min: 1, max: 5, example: 5 })
  impact!: number;

  @Integer({ min: 0, max: most, example: 7 })
  count!: number;
}

export class RiskMatrixStatsResponse {
  @NestedList(() => RiskMatrixCell, {
    min: 25,
    maxItems: 25,
    about: 'All combinations in order of probability and impact, those without risks included.',
  })
  cells!: readonly RatingCount[];
}

class TrendPointResponse implements TrendPoint {
  @DateOnly({ example: '2026-03-31', about: 'The day in UTC; all but `created` and `closed` are as of its end.' })
  date!: string;

  @Decimal({ min: 0, max: highestScore, example: 10.42 })
  averageScore!: number;

  @Integer({ min: 0, max: 100, example: 58 })
  globalRiskScore!: number;

  @Integer({ min: 0, max: most, example: 301, about: 'Risks neither closed nor deleted.' })
  open!: number;

  @Integer({
    min: 0,
    max: most,
    example: 2,
    about: 'Risks that entered the register that day, whatever became of them.',
  })
  created!: number;

  @Integer({ min: 0, max: most, example: 1, about: 'How often a risk became CLOSED that day.' })
  closed!: number;
}

export class TrendsResponse {
  @Integer({ min: 1, max: 365, example: 30 })
  days!: number;

  @NestedList(() => TrendPointResponse, {
    maxItems: 365,
    about:
      'One per day, oldest first; the last is today so far. Days before the first risk of the register are left out.',
  })
  points!: readonly TrendPoint[];
}
