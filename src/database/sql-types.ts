import { types } from 'pg';

const INT8 = 20;
const NUMERIC = 1700;
const DATE = 1082;

/** The form in which values of Postgres reach us: counts and scores as numbers, a day as text (it has no time zone). */
export const sqlTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
    if (oid === INT8 || oid === NUMERIC) return Number;
    if (oid === DATE) return String;
    return parserOf(oid, format);
  },
};

const parserOf = types.getTypeParser as (oid: number, format?: 'text' | 'binary') => (value: string) => unknown;
