import { daysBefore, periodStart } from './period';

describe('a period', () => {
  it.each([
    ['week', '2026-03-03', '2026-02-24'],
    ['month', '2026-03-03', '2026-02-01'],
    ['quarter', '2026-03-31', '2025-12-31'],
    ['year', '2025-03-01', '2024-03-01'],
  ] as const)('of a %s up to %s began on %s', (period, today, start) => {
    expect(periodStart(period, today)).toBe(start);
  });

  it('of all time has no beginning', () => {
    expect(periodStart('all', '2026-03-03')).toBeUndefined();
  });
});

describe('daysBefore', () => {
  it('counts calendar days, leap days and the year included', () => {
    expect(daysBefore('2024-03-01', 1)).toBe('2024-02-29');
    expect(daysBefore('2026-01-01', 1)).toBe('2025-12-31');
    expect(daysBefore('2025-12-31', -1)).toBe('2026-01-01');
  });
});
