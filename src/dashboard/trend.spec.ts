import type { RegisterHistory } from '../risk/statistics/risk-statistics.reader';
import { trendOf } from './trend';

const history: RegisterHistory = {
  now: [
    { severity: 'MEDIUM', status: 'DRAFT', risks: 2, scoreHundredths: 2000, high: 0, overdue: 0 },
    { severity: 'CRITICAL', status: 'CLOSED', risks: 1, scoreHundredths: 2500, high: 1, overdue: 0 },
  ],
  changes: [
    { day: '2026-02-27', risks: 1, scoreHundredths: 2500, open: 1, created: 1, closed: 0 },
    { day: '2026-03-01', risks: 2, scoreHundredths: 2000, open: 1, created: 2, closed: 1 },
  ],
  began: '2026-02-27',
};

describe('trend', () => {
  it('tells every day, also those on which nothing happened, from the first risk on', () => {
    expect(trendOf(history, '2026-02-01', '2026-03-02')).toEqual([
      { date: '2026-02-27', averageScore: 25, globalRiskScore: 0, open: 1, created: 1, closed: 0 },
      { date: '2026-02-28', averageScore: 25, globalRiskScore: 0, open: 1, created: 0, closed: 0 },
      { date: '2026-03-01', averageScore: 15, globalRiskScore: 40, open: 2, created: 2, closed: 1 },
      { date: '2026-03-02', averageScore: 15, globalRiskScore: 40, open: 2, created: 0, closed: 0 },
    ]);
  });

  it('begins with the day that was asked for when the register is older', () => {
    const dates = trendOf({ ...history, began: '2020-01-01' }, '2026-03-01', '2026-03-02').map(({ date }) => date);
    expect(dates).toEqual(['2026-03-01', '2026-03-02']);
  });

  it('is empty without any risk', () => {
    expect(trendOf({ now: [], changes: [], began: null }, '2026-03-01', '2026-03-02')).toEqual([]);
  });
});
