import type { RegisterDay } from './days/register-day';
import { averageScore, globalRiskScore, type ScoreSum } from './score-average';

export interface TrendPoint {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly averageScore: number;
  readonly globalRiskScore: number;
  readonly open: number;
  readonly created: number;
  readonly closed: number;
}

export function trendOf(days: readonly RegisterDay[]): TrendPoint[] {
  return days.map(({ day, tallies, created, closed }) => {
    const all = scoresOf(tallies);
    const open = scoresOf(tallies.filter(({ status }) => status !== 'CLOSED')).risks;
    return { date: day, averageScore: averageScore(all), globalRiskScore: globalRiskScore(all), open, created, closed };
  });
}

export function scoresOf(tallies: readonly ScoreSum[]): ScoreSum {
  return tallies.reduce(
    (sum, { risks, scoreHundredths }) => ({
      risks: sum.risks + risks,
      scoreHundredths: sum.scoreHundredths + scoreHundredths,
    }),
    { risks: 0, scoreHundredths: 0 },
  );
}
