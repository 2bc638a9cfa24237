import { Choice, Decimal, Integer, Nested, NestedList, Text, Uuid } from '../http/fields.decorator';
import {
  CRITICALITIES,
  CRITICALITY_FACTORS,
  meanFactor,
  SCORE_METHOD,
  SEVERITIES,
  type Criticality,
  type Severity,
  type SeverityThresholds,
} from './risk-score';
import { RISK_LIMITS } from './risk-terms';
import type { RiskResponse } from './risk.dto';

class ScoreMethod {
  @Text({ max: 100, example: SCORE_METHOD.name })
  name!: string;

  @Integer({ min: 1, max: 1000, about: 'Raised when the rule changes.', example: SCORE_METHOD.version })
  version!: number;

  @Integer({ min: 1, max: 2_147_483_647, about: 'Of GET /risk-settings, whose thresholds these are.', example: 1 })
  settingsVersion!: number;

  @Text({ max: 500, example: SCORE_METHOD.formula })
  formula!: string;
}

class ScoredAsset {
  @Uuid()
  id!: string;

  @Text({ max: 255, example: 'File server FS-01' })
  name!: string;

  @Choice(CRITICALITIES, { example: 'HIGH' })
  criticality!: Criticality;

  @Decimal({ min: 0.8, max: 1.5, example: 1.25 })
  factor!: number;
}

class ScoreInputs {
  @Integer({ min: 1, max: 5, example: 3 })
  probability!: number;

  @Integer({ min: 1, max: 5, example: 5 })
  impact!: number;

  @Integer({ min: 1, max: 5, nullable: true, example: 2 })
  residualProbability!: number | null;

  @Integer({ min: 1, max: 5, nullable: true, example: 4 })
  residualImpact!: number | null;

  @Integer({ min: 1, max: 5, nullable: true, example: 1 })
  targetProbability!: number | null;

  @Integer({ min: 1, max: 5, nullable: true, example: 4 })
  targetImpact!: number | null;

  @NestedList(() => ScoredAsset, { maxItems: RISK_LIMITS.assets })
  assets!: ScoredAsset[];
}

class SeverityThreshold {
  @Choice(SEVERITIES, { example: 'HIGH' })
  severity!: Severity;

  @Decimal({ min: 0, max: 37.5, about: 'The lowest score of this severity.', example: 15 })
  from!: number;
}

class ScoreResult {
  @Decimal({
    min: 0.8,
    max: 1.5,
    about: 'To four decimals; the scores are computed without rounding it.',
    example: 1.25,
  })
  meanFactor!: number;

  @Decimal({ min: 0, max: 37.5, example: 18.75 })
  score!: number;

  @Choice(SEVERITIES, { example: 'HIGH' })
  severity!: Severity;

  @Decimal({ min: 0, max: 37.5, nullable: true, example: 10 })
  residualScore!: number | null;

  @Choice(SEVERITIES, { nullable: true, example: 'MEDIUM' })
  residualSeverity!: Severity | null;

  @Decimal({ min: 0, max: 37.5, nullable: true, example: 5 })
  targetScore!: number | null;

  @Choice(SEVERITIES, { nullable: true, example: 'LOW' })
  targetSeverity!: Severity | null;
}

export class RiskScoreResponse {
  @Uuid()
  riskId!: string;

  @Integer({ min: 1, max: 2_147_483_647, about: 'Of the risk.', example: 1 })
  version!: number;

  @Nested(() => ScoreMethod)
  method!: ScoreMethod;

  @Nested(() => ScoreInputs)
  inputs!: ScoreInputs;

  @NestedList(() => SeverityThreshold, { maxItems: SEVERITIES.length })
  thresholds!: SeverityThreshold[];

  @Nested(() => ScoreResult)
  result!: ScoreResult;
}

/** @param settings those in force */
export function toRiskScoreResponse(
  risk: RiskResponse,
  settings: { readonly version: number; readonly thresholds: SeverityThresholds },
): RiskScoreResponse {
  const { id, version, probability, impact, residualProbability, residualImpact, targetProbability, targetImpact } =
    risk;
  const { score, severity, residualScore, residualSeverity, targetScore, targetSeverity } = risk;
  const assets = risk.assets.map((asset) => ({ ...asset, factor: CRITICALITY_FACTORS[asset.criticality] }));
  return {
    riskId: id,
    version,
    method: { ...SCORE_METHOD, settingsVersion: settings.version },
    inputs: { probability, impact, residualProbability, residualImpact, targetProbability, targetImpact, assets },
    thresholds: SEVERITIES.map((each) => ({ severity: each, from: settings.thresholds[each] })),
    result: {
      meanFactor: meanFactor(risk.assets.map(({ criticality }) => criticality)),
      score,
      severity,
      ...{ residualScore, residualSeverity, targetScore, targetSeverity },
    },
  };
}
