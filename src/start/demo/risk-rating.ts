import { DEFAULT_THRESHOLDS, riskScore, severityOf, type Likelihood, type Severity } from '../../risk/risk-score';
import type { RiskAssetResponse } from '../../risk/risk.dto';
import type { Random } from './random';

const RATINGS = [1, 2, 3, 4, 5];
const everyRating = RATINGS.flatMap((probability) => RATINGS.map((impact) => ({ probability, impact })));

/** A rating that makes a risk of this severity. */
export function ratingFor(random: Random, severity: Severity, assets: readonly RiskAssetResponse[]): Likelihood {
  const criticalities = assets.map(({ criticality }) => criticality);
  return random.pick(
    everyRating.filter((rating) => severityOf(riskScore(rating, criticalities), DEFAULT_THRESHOLDS) === severity),
  );
}

/** What somebody may have thought at first: off by one. */
export function firstGuess(random: Random, { probability, impact }: Likelihood): Likelihood {
  const off = (rating: number): number => Math.min(5, Math.max(1, rating + random.pick([-1, 1])));
  return random.happens(0.5) ? { probability: off(probability), impact } : { probability, impact: off(impact) };
}

/** What it was before something was done about it. */
export function worse(random: Random, { probability, impact }: Likelihood): Likelihood {
  return { probability: Math.min(5, probability + random.integer(1, 2)), impact };
}

/** What is left after treatment. */
export function residualOf(random: Random, { probability, impact }: Likelihood): Likelihood {
  return {
    probability: Math.max(1, probability - random.integer(1, 2)),
    impact: Math.max(1, impact - random.integer(0, 1)),
  };
}

/** What the treatment is to reach. */
export function targetOf({ probability, impact }: Likelihood): Likelihood {
  return { probability: Math.max(1, probability - 2), impact: Math.max(1, impact - 1) };
}
