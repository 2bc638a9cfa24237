import type { Rating } from '../import/import-row';
import { probabilityOf } from '../import/rating-tables';
import { withCustomFields } from '../custom-field-values';
import type { RiskRecord } from '../risk-record';
import type { SeverityThresholds } from '../risk-score';
import { RISK_LIMITS } from '../risk-terms';
import type { ChangedRisk } from '../risk-writer';
import type { BroughtLikelihood } from './known-source';
import { changeOf } from './plan-risk';
import type { LikelihoodSyncRecord } from './sync-record';

export interface PlannedLikelihood {
  readonly riskId: string;
  /** Undefined: nothing new. */
  readonly brought?: BroughtLikelihood;
  /** Undefined: nothing new, or the risk says so already. */
  readonly change?: ChangedRisk;
}

/**
 * A forecast never speaks against exploitation that was seen. It is news when its score, or what follows from it for this
 * risk, is another one than before: percentiles move every day, with everybody else's scores.
 */
export function planLikelihood(
  risk: RiskRecord,
  brought: BroughtLikelihood | undefined,
  { probability: forecast, epss, percentile }: LikelihoodSyncRecord,
  thresholds: SeverityThresholds,
): PlannedLikelihood {
  const seen = seenProbability(risk);
  const probability = seen !== undefined && seen > forecast ? seen : forecast;
  if (brought?.epss === epss && brought.probability === probability) return { riskId: risk.id };
  const customFields = withCustomFields(risk.customFields, { epssScore: epss, epssPercentile: percentile });
  const fits = Object.keys(customFields).length <= RISK_LIMITS.customFields;
  const merged = {
    ...risk,
    ...(brought?.probability === probability ? {} : { probability }),
    ...(fits ? { customFields } : {}),
  };
  const change = changeOf(risk, merged, thresholds);
  return { riskId: risk.id, brought: { probability, epss, percentile }, ...(change ? { change } : {}) };
}

/** What follows from what catalogues and scanners have told of the risk's vulnerability. */
function seenProbability({ customFields }: RiskRecord): Rating | undefined {
  const isCatalogued = typeof customFields['knownRansomware'] === 'boolean';
  if (!isCatalogued && customFields['knownExploited'] !== true) return undefined;
  return probabilityOf({ seen: true, byRansomware: customFields['knownRansomware'] === true }).probability;
}
