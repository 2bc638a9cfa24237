import type { Reach } from '../../context/rights';
import { Permission } from '../../rbac/permission';
import { EVERYTHING, responsibleFor } from '../risk-reach';
import type { RiskResponse } from '../risk.dto';
import type { MitigationResponse } from './mitigation.dto';

type Risk = Pick<RiskResponse, 'ownerId' | 'assigneeId'>;

/** Who a mitigation belongs to: whoever its risk belongs to, and whoever is to carry it out. */
export function responsibleForMitigation(risk: Risk, { assigneeId }: Pick<MitigationResponse, 'assigneeId'>) {
  return [...responsibleFor(risk), assigneeId];
}

/** How a decision on one mitigation is asked for. */
export function decisionOnMitigation(risk: Risk, mitigation: Pick<MitigationResponse, 'assigneeId'>) {
  const responsible = responsibleForMitigation(risk, mitigation);
  return { kind: 'mitigation', seen: Permission.MitigationRead, responsible };
}

/** How a decision on all mitigations of a risk is asked for: they are whose the risk is. */
export function decisionOnMitigationsOf(risk: Risk) {
  return { kind: 'risk', seen: Permission.MitigationRead, responsible: responsibleFor(risk) };
}

/**
 * SQL condition on the row `m` of mitigations and the row `r` of its risk: within reach.
 *
 * @param bind adds a parameter to the statement and returns its placeholder
 */
export function mitigationReachSql(reach: Reach, bind: (value: unknown) => string): string {
  if (reach === 'tenant') return EVERYTHING;
  const people = `ANY (${bind(reach)}::uuid[])`;
  return `(r.owner_id = ${people} OR r.assignee_id = ${people} OR m.assignee_id = ${people})`;
}
