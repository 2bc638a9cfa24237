import { readDate } from './import-date';

describe('readDate', () => {
  it.each([
    ['2025-01-31', '2025-01-31'],
    ['2024-01-04T11:02:11Z', '2024-01-04'],
    ['2024-01-04 11:02:11.123 +02:00', '2024-01-04'],
    ['2024/2/9', '2024-02-09'],
    ['31.01.2025', '2025-01-31'],
    ['28/02/2021', '2021-02-28'],
    ['01/30/2018', '2018-01-30'],
    ['05/05/2020', '2020-05-05'],
    ['2024-02-29', '2024-02-29'],
  ])('reads %s as %s', (text, date) => {
    expect(readDate(text, 'refuse-ambiguous')).toEqual({ date });
  });

  it('reads an ambiguous date by month first only where the format says so', () => {
    expect(readDate('03/04/2025', 'month-first')).toEqual({ date: '2025-03-04' });
    expect(readDate('03/04/2025', 'refuse-ambiguous')).toEqual({ problem: expect.stringContaining('two dates') });
  });

  it.each([
    '2025-02-30',
    '2023-02-29',
    '13/13/2025',
    '1899-12-31',
    '2025-1-1',
    '20250131',
    'tomorrow',
    '2025-01-31x',
    '',
  ])('refuses %j', (text) => {
    expect(readDate(text, 'month-first')).toHaveProperty('problem');
  });
});
