import { daysBefore } from '../http/period';
import type { RegisterHistory, RiskTally } from '../risk/statistics/risk-statistics.reader';
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
 * The register at the end of every day from `from` to `today`: what it is now, with the changes taken back one day after
 * the other. Days before the first risk are left out: nobody knows what the register was like then.
 */
export function trendOf({ now, changes, began }: RegisterHistory, from: string, today: string): TrendPoint[] {
  if (began === null) return [];
  const changeOn = new Map(changes.map((change) => [change.day, change]));
  const state = stateOf(now);
  const points: TrendPoint[] = [];
  // A database whose clock is past midnight already may say that the register began tomorrow.
  const first = began > from ? (began < today ? began : today) : from;
  for (let date = today; date >= first; date = daysBefore(date, 1)) {
    const { risks = 0, scoreHundredths = 0, open = 0, created = 0, closed = 0 } = changeOn.get(date) ?? {};
    points.push({
      date,
      averageScore: averageScore(state),
      globalRiskScore: globalRiskScore(state),
      open: state.open,
      created,
      closed,
    });
    state.risks -= risks;
    state.scoreHundredths -= scoreHundredths;
    state.open -= open;
  }
  return points.reverse();
}

function stateOf(tallies: readonly RiskTally[]): { risks: number; scoreHundredths: number; open: number } {
  const state = { risks: 0, scoreHundredths: 0, open: 0 };
  for (const { status, risks, scoreHundredths } of tallies) {
    state.risks += risks;
    state.scoreHundredths += scoreHundredths;
    state.open += status === 'CLOSED' ? 0 : risks;
  }
  return state;
}
