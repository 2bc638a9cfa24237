import fc from 'fast-check';
import { isDateOnly, isInstant } from './dates';

describe('a calendar day', () => {
  it('is every day that there is', () => {
    const days = fc.date({ min: new Date('1900-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(fc.property(days, (date) => isDateOnly(date.toISOString().slice(0, 10))));
  });

  it.each([
    ...[
      '2026-02-29',
      '2026-04-31',
      '2026-00-10',
      '2026-13-01',
      '2026-01-00',
      '1899-12-31',
      '10000-01-01',
      '0026-01-01',
    ],
    ...[
      '2026-1-1',
      '20260101',
      '2026-01-01T00:00:00Z',
      ' 2026-01-01',
      '2026-01-01\n',
      'now',
      'infinity',
      '',
      20260101,
      null,
    ],
  ])('is not %j', (value) => {
    expect(isDateOnly(value)).toBe(false);
  });

  it('knows leap years', () => {
    expect(['2024-02-29', '2000-02-29'].every(isDateOnly)).toBe(true);
    expect(['2100-02-29', '2023-02-29'].some(isDateOnly)).toBe(false);
  });
});

describe('an instant', () => {
  it.each([
    '2026-01-31T00:00:00Z',
    '2026-01-31T23:59:59.123456Z',
    '2026-01-31T12:00:00+14:00',
    '2026-01-31T12:00:00-00:30',
  ])('is %s', (value) => {
    expect(isInstant(value)).toBe(true);
  });

  it.each([
    ...['2026-02-30T00:00:00Z', '2026-01-31T24:00:00Z', '2026-01-31T12:60:00Z', '2026-01-31T12:00:60Z', '2026-01-31'],
    ...[
      '2026-01-31T12:00Z',
      '2026-01-31T12:00:00',
      '2026-01-31 12:00:00Z',
      '2026-01-31t12:00:00z',
      '2026-01-31T12:00:00+24:00',
    ],
    ...['2026-01-31T12:00:00.1234567Z', '2026-01-31T12:00:00Z\n', 'now', '-infinity', 'epoch', '', 0, {}, undefined],
  ])('is not %j', (value) => {
    expect(isInstant(value)).toBe(false);
  });
});
