import type { RiskCandidate } from '../import/import-row';

/** What was brought before, of a risk: as it is stored. */
export interface KnownRisk {
  readonly riskId: string;
  /** Undefined for a risk whose last word from the source nobody has kept. */
  readonly brought: RiskCandidate | undefined;
}

/** What was brought before about the likelihood of a risk. */
export interface BroughtLikelihood {
  readonly probability: number;
  readonly epss: number;
  readonly percentile: number;
}
