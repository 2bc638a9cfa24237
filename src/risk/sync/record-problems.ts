import { OmitType } from '@nestjs/swagger';
import type { FieldProblem } from '../../errors/domain-error';
import { Text } from '../../http/fields.decorator';
import { bodyProblems } from '../../http/validation.pipe';
import { pairProblem } from '../rating-pair';
import { RISK_LIMITS } from '../risk-terms';
import { CreateRisk } from '../risk.dto';
import type { LikelihoodSyncRecord, SyncRecord } from './sync-record';

/** Whose a risk is, and what it threatens, is for those who are here to say. */
class SyncedRisk extends OmitType(CreateRisk, ['ownerId', 'assigneeId', 'assetIds', 'externalId']) {
  @Text({ min: 1, max: RISK_LIMITS.externalId })
  externalId!: string;
}

/**
 * What of a record is not within the limits of the register. The readers of imports see to that; a connector may have made
 * a row of its own.
 */
export async function recordProblems(record: SyncRecord): Promise<readonly FieldProblem[]> {
  if (record.kind === 'likelihood') return likelihoodProblems(record);
  const { candidate } = record.row;
  if (!candidate) return [];
  const { riskId: _, ...fields } = candidate;
  const pairs = [
    pairProblem('residual', candidate.residualProbability, candidate.residualImpact),
    pairProblem('target', candidate.targetProbability, candidate.targetImpact),
  ];
  return [...(await bodyProblems(SyncedRisk, fields)), ...pairs.filter((problem) => problem !== undefined)];
}

const cveName = /^CVE-\d{4}-\d{4,19}$/;
const isShare = (value: number): boolean => value >= 0 && value <= 1;
const isRating = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 5;

function likelihoodProblems({ cve, probability, epss, percentile }: LikelihoodSyncRecord): FieldProblem[] {
  const rules: [field: keyof LikelihoodSyncRecord, isMet: boolean, message: string][] = [
    ['cve', cveName.test(cve), 'must be the name of a CVE'],
    ['probability', isRating(probability), 'must be an integer from 1 to 5'],
    ['epss', isShare(epss), 'must be a number from 0 to 1'],
    ['percentile', isShare(percentile), 'must be a number from 0 to 1'],
  ];
  return rules.flatMap(([field, isMet, message]) => (isMet ? [] : [{ pointer: `/${field}`, code: 'limits', message }]));
}
