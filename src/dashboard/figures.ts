import { RISK_STATUSES, type RiskStatus } from '../risk/lifecycle/risk-lifecycle';
import { SEVERITIES, type Severity } from '../risk/risk-score';
import type { RegisterState, RiskTally } from '../risk/statistics/risk-statistics.reader';
import { averageScore, globalRiskScore } from './score-average';

/** The numbers of a register at one moment, or their differences between two. */
export interface Figures {
  readonly totalRisks: number;
  readonly globalRiskScore: number;
  readonly highRisks: number;
  readonly mitigatedRisks: number;
  readonly overdueRisks: number;
  readonly averageScore: number;
  readonly risksBySeverity: Readonly<Record<Severity, number>>;
  readonly risksByStatus: Readonly<Record<RiskStatus, number>>;
}

export function figuresOf({ tallies, overdue }: RegisterState): Figures {
  const risks = sum(tallies, ({ risks }) => risks);
  const scores = { risks, scoreHundredths: sum(tallies, ({ scoreHundredths }) => scoreHundredths) };
  const risksByStatus = countBy(tallies, RISK_STATUSES, ({ status }) => status);
  return {
    totalRisks: risks,
    globalRiskScore: globalRiskScore(scores),
    highRisks: sum(tallies, ({ high }) => high),
    mitigatedRisks: risksByStatus.MITIGATED,
    overdueRisks: overdue,
    averageScore: averageScore(scores),
    risksBySeverity: countBy(tallies, SEVERITIES, ({ severity }) => severity),
    risksByStatus,
  };
}

/** Each number of `now` minus the same of `before`. */
export function changeBetween(now: Figures, before: Figures): Figures {
  return {
    totalRisks: now.totalRisks - before.totalRisks,
    globalRiskScore: now.globalRiskScore - before.globalRiskScore,
    highRisks: now.highRisks - before.highRisks,
    mitigatedRisks: now.mitigatedRisks - before.mitigatedRisks,
    overdueRisks: now.overdueRisks - before.overdueRisks,
    // Both have two decimals, and so has their difference, but for the noise of binary fractions.
    averageScore: Math.round((now.averageScore - before.averageScore) * 100) / 100,
    risksBySeverity: differences(now.risksBySeverity, before.risksBySeverity),
    risksByStatus: differences(now.risksByStatus, before.risksByStatus),
  };
}

function sum(tallies: readonly RiskTally[], number: (tally: RiskTally) => number): number {
  return tallies.reduce((total, tally) => total + number(tally), 0);
}

function countBy<Group extends string>(
  tallies: readonly RiskTally[],
  groups: readonly Group[],
  groupOf: (tally: RiskTally) => Group,
): Record<Group, number> {
  const counts = groups.map((group) => {
    const members = tallies.filter((tally) => groupOf(tally) === group);
    return [group, sum(members, ({ risks }) => risks)];
  });
  return Object.fromEntries(counts) as Record<Group, number>;
}

function differences<Group extends string>(
  now: Readonly<Record<Group, number>>,
  before: Readonly<Record<Group, number>>,
): Record<Group, number> {
  const groups = Object.keys(now) as Group[];
  return Object.fromEntries(groups.map((group) => [group, now[group] - before[group]])) as Record<Group, number>;
}
