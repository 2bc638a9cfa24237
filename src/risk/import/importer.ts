import { currentReach, isWithin, type Reach } from '../../context/rights';
import type { Transaction } from '../../database/session';
import { utcToday } from '../../http/period';
import { Permission } from '../../rbac/permission';
import { fieldsOf } from '../custom-fields/custom-field.reader';
import { fieldProblems } from '../custom-fields/field-values';
import { ownerWithin, responsibleFor } from '../risk-reach';
import { heldThresholds } from '../settings/settings-lock';
import { thresholdsInForce } from '../settings/settings-rows';
import type { Importer } from './import-plan';

/** How far somebody reaches who imports. */
export interface ImportReaches {
  readonly seen: Reach;
  readonly changed: Reach;
  /** Of what is created. */
  readonly ownerId: string | null;
}

export function currentReaches(): ImportReaches {
  return {
    seen: currentReach(Permission.RiskRead),
    changed: currentReach(Permission.RiskUpdate),
    ownerId: ownerWithin(currentReach(Permission.RiskCreate)),
  };
}

export async function importerIn(tx: Transaction, dryRun: boolean, reaches: ImportReaches): Promise<Importer> {
  const [thresholds, definitions] = await Promise.all([
    dryRun ? thresholdsInForce(tx) : heldThresholds(tx),
    fieldsOf(tx),
  ]);
  return {
    today: utcToday(),
    thresholds,
    mayChange: (risk) => [reaches.seen, reaches.changed].every((reach) => isWithin(reach, responsibleFor(risk))),
    ownerId: reaches.ownerId,
    // What a source does not have nobody can require of it.
    fieldProblems: (values) => fieldProblems(definitions, values, { isNew: false }),
  };
}
