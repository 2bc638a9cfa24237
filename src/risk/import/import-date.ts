import { isDateOnly } from '../../http/dates';

/** How `03/04/2025` is meant: by month first, or not at all, because a wrong due date is worse than none. */
export type SlashOrder = 'month-first' | 'refuse-ambiguous';

export type ReadDate = { readonly date: string } | { readonly problem: string };

const isoDate = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;
const yearSlashes = /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/;
const slashes = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/;
const dots = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/;

/**
 * A calendar date as `YYYY-MM-DD`. Understood: ISO 8601 dates and times (the date as written, no time zone arithmetic),
 * `YYYY/MM/DD`, `DD.MM.YYYY`, and `MM/DD/YYYY` or `DD/MM/YYYY` where one of the two is over 12.
 */
export function readDate(text: string, slashOrder: SlashOrder): ReadDate {
  const yearFirst = isoDate.exec(text) ?? yearSlashes.exec(text);
  if (yearFirst) return calendarDate(yearFirst[1], yearFirst[2], yearFirst[3]);
  const dayFirst = dots.exec(text);
  if (dayFirst) return calendarDate(dayFirst[3], dayFirst[2], dayFirst[1]);

  const slashed = slashes.exec(text);
  if (!slashed) return { problem: 'must be a date such as 2025-01-31' };
  const [, first, second, year] = slashed;
  if (Number(first) > 12) return calendarDate(year, second, first);
  if (Number(second) <= 12 && Number(first) !== Number(second) && slashOrder === 'refuse-ambiguous') {
    return { problem: 'can be read as two dates (month or day first); write it as YYYY-MM-DD' };
  }
  return calendarDate(year, first, second);
}

function calendarDate(year = '', month = '', day = ''): ReadDate {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDateOnly(date) ? { date } : { problem: 'must be a date that exists, from the year 1900 on' };
}
