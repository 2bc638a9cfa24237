import type { Reach } from '../../context/rights';
import { bindings } from '../../database/bindings';
import type { ReadSession } from '../../database/session';
import { reachSql } from '../risk-reach';

/** @param statement of which $1 is the tenant and the others are `values`, made with a condition on the row `r` of risks */
export function within<Row>(
  session: ReadSession,
  reach: Reach,
  statement: (reachable: string) => string,
  ...values: unknown[]
): Promise<Row[]> {
  const { parameters, bind } = bindings(session.tenantId, ...values);
  return session.query<Row>(statement(reachSql(reach, bind)), parameters);
}
