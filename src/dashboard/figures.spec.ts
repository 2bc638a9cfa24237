import type { RiskTally } from '../risk/statistics/risk-statistics.reader';
import { changeBetween, figuresOf } from './figures';

const tallies: RiskTally[] = [
  { severity: 'CRITICAL', status: 'IN_TREATMENT', risks: 2, scoreHundredths: 4501, high: 2 },
  { severity: 'LOW', status: 'MITIGATED', risks: 3, scoreHundredths: 1200, high: 0 },
  { severity: 'LOW', status: 'DRAFT', risks: 1, scoreHundredths: 300, high: 0 },
];

describe('figures', () => {
  it('add up what the groups hold, and name every severity and status', () => {
    expect(figuresOf({ tallies, overdue: 2 })).toEqual({
      totalRisks: 6,
      globalRiskScore: 60,
      highRisks: 2,
      mitigatedRisks: 3,
      overdueRisks: 2,
      averageScore: 10,
      risksBySeverity: { LOW: 4, MEDIUM: 0, HIGH: 0, CRITICAL: 2 },
      risksByStatus: {
        ...{ DRAFT: 1, IDENTIFIED: 0, ASSESSED: 0, TREATMENT_PLANNED: 0, IN_TREATMENT: 2 },
        ...{ MITIGATED: 3, ACCEPTED: 0, CLOSED: 0, REOPENED: 0 },
      },
    });
  });

  it('change by what they are now minus what they were, without the noise of binary fractions', () => {
    const now = { ...figuresOf({ tallies, overdue: 2 }), averageScore: 10.3 };
    const before = { ...figuresOf({ tallies: tallies.slice(1), overdue: 1 }), averageScore: 10.1 };
    expect(changeBetween(now, before)).toMatchObject({
      totalRisks: 2,
      globalRiskScore: -25,
      highRisks: 2,
      mitigatedRisks: 0,
      averageScore: 0.2,
      risksBySeverity: { LOW: 0, CRITICAL: 2 },
      risksByStatus: { IN_TREATMENT: 2, DRAFT: 0 },
    });
  });
});
