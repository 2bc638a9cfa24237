import type { RegisterChange } from '../risk/statistics/risk-statistics.reader';
import { daysBefore } from '../http/period';
import { averageScore, globalRiskScore } from './score-average';

export interface TrendPoint {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly averageScore: number;
  readonly globalRiskScore: number;
  readonly open: number;
  readonly created: number;
  readonly closed: number;
}

/**
 * The register at the end of every day from `from` to `today`, from its changes in order. Days before the first change
 * are left out: nobody knows what the register was like then.
 *
 * @param changes those before `from` dated before it
 */
export function trendOf(changes: readonly RegisterChange[], from: string, today: string): TrendPoint[] {
  const [first] = changes;
  if (!first) return [];
  const points: TrendPoint[] = [];
  const state = { risks: 0, scoreHundredths: 0, open: 0 };
  const changeOn = new Map(changes.map((change) => [change.day, change]));
  for (let date = first.day; date <= today; date = daysBefore(date, -1)) {
    const { risks = 0, scoreHundredths = 0, open = 0, created = 0, closed = 0 } = changeOn.get(date) ?? {};
    state.risks += risks;
    state.scoreHundredths += scoreHundredths;
    state.open += open;
    if (date < from) continue;
    points.push({
      date,
      averageScore: averageScore(state),
      globalRiskScore: globalRiskScore(state),
      open: state.open,
      created,
      closed,
    });
  }
  return points;
}
