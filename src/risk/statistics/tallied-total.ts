import type { RiskFilter } from '../risk-filter';

const talliedColumns = { severity: 'text', status: 'text', probability: 'smallint', impact: 'smallint' } as const;
type Tallied = keyof typeof talliedColumns;

/**
 * SQL that counts the risks of a whole tenant, $1, by what is kept with every change; undefined for filters that it does
 * not tell apart, whose risks have to be counted.
 *
 * @param bind adds a parameter to the statement and returns its placeholder
 */
export function talliedTotal(filter: RiskFilter, bind: (value: unknown) => string): string | undefined {
  const given = Object.entries(filter).filter(([, value]: [string, unknown]) => value !== undefined);
  if (!given.every(([name]) => Object.hasOwn(talliedColumns, name))) return undefined;
  const conditions = given.map(
    ([name, values]) => `${name} = ANY (${bind(values)}::${talliedColumns[name as Tallied]}[])`,
  );
  return `SELECT coalesce(sum(risks), 0) AS count FROM risk_tallies WHERE ${['tenant_id = $1', ...conditions].join(' AND ')}`;
}
