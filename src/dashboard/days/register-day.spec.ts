import type { RegisterHistory } from '../../risk/statistics/risk-statistics.reader';
import { trendOf } from '../trend';
import { registerDays } from './register-day';

const draft = { severity: 'MEDIUM', status: 'DRAFT' } as const;
const closed = { severity: 'CRITICAL', status: 'CLOSED' } as const;
const open = { severity: 'CRITICAL', status: 'DRAFT' } as const;
const quiet = { accepted: 0, statusChanges: 0 };

const history: RegisterHistory = {
  now: [
    { ...draft, risks: 2, scoreHundredths: 2000, high: 0 },
    { ...closed, risks: 1, scoreHundredths: 2500, high: 1 },
  ],
  changes: [
    { day: '2026-02-27', ...open, risks: 1, scoreHundredths: 2500, high: 1 },
    { day: '2026-03-01', ...draft, risks: 2, scoreHundredths: 2000, high: 0 },
    { day: '2026-03-01', ...open, risks: -1, scoreHundredths: -2500, high: -1 },
    { day: '2026-03-01', ...closed, risks: 1, scoreHundredths: 2500, high: 1 },
  ],
  events: [
    { day: '2026-02-27', created: 1, closed: 0, ...quiet },
    { day: '2026-03-01', created: 2, closed: 1, ...quiet },
  ],
  began: '2026-02-27',
};

describe('the register day by day', () => {
  it('tells every day, also those on which nothing happened, from the first risk on', () => {
    const days = registerDays(history, '2026-02-01', '2026-03-02');
    const before = [{ ...open, risks: 1, scoreHundredths: 2500, high: 1 }];
    const since = [
      { ...closed, risks: 1, scoreHundredths: 2500, high: 1 },
      { ...draft, risks: 2, scoreHundredths: 2000, high: 0 },
    ];
    expect(days).toEqual([
      { day: '2026-02-27', tallies: before, created: 1, closed: 0 },
      { day: '2026-02-28', tallies: before, created: 0, closed: 0 },
      { day: '2026-03-01', tallies: since, created: 2, closed: 1 },
      { day: '2026-03-02', tallies: since, created: 0, closed: 0 },
    ]);
    expect(trendOf(days).slice(1, 3)).toEqual([
      { date: '2026-02-28', averageScore: 25, globalRiskScore: 0, open: 1, created: 0, closed: 0 },
      { date: '2026-03-01', averageScore: 15, globalRiskScore: 40, open: 2, created: 2, closed: 1 },
    ]);
  });

  it('begins with the day that was asked for when the register is older', () => {
    const days = registerDays({ ...history, began: '2020-01-01' }, '2026-03-01', '2026-03-02');
    expect(days.map(({ day }) => day)).toEqual(['2026-03-01', '2026-03-02']);
  });

  it('is empty without any risk', () => {
    expect(registerDays({ now: [], changes: [], events: [], began: null }, '2026-03-01', '2026-03-02')).toEqual([]);
  });
});
