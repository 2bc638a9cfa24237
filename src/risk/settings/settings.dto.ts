import { EXAMPLE_ID } from '../../http/example-id';
import {
  Choice,
  Decimal,
  Instant,
  Integer,
  Nested,
  NestedList,
  Text,
  TextList,
  Uuid,
} from '../../http/fields.decorator';
import { SCORE_RANGE, SEVERITIES, type Severity } from '../risk-score';
import { DEFAULT_SETTINGS, type RiskSettings, type SeveritySetting } from './risk-settings';

const label = { min: 1, max: 50 };
const ratingLabels = { minItems: 5, maxItems: 5, max: label.max };
const four = { min: SEVERITIES.length, maxItems: SEVERITIES.length };
const count = { min: 0, max: Number.MAX_SAFE_INTEGER };
/** Of the risks that move, in a preview. */
export const SHOWN_RISKS = 10;

class SeverityField implements SeveritySetting {
  @Choice(SEVERITIES, { example: 'HIGH' })
  severity!: Severity;

  @Text({ ...label, example: 'High' })
  label!: string;

  @Decimal({
    min: 0,
    max: SCORE_RANGE.max,
    about: 'The lowest score of this severity: 0 for LOW, then each more than the one before; two decimals at most.',
    example: 15,
  })
  from!: number;
}

/** All of it: what a PUT puts in the place of what there is. */
export class RiskSettingsRequest implements RiskSettings {
  @TextList({ ...ratingLabels, about: 'Of the probabilities 1 to 5.', example: DEFAULT_SETTINGS.probabilityLabels })
  probabilityLabels!: string[];

  @TextList({ ...ratingLabels, about: 'Of the impacts 1 to 5.', example: DEFAULT_SETTINGS.impactLabels })
  impactLabels!: string[];

  @NestedList(() => SeverityField, {
    ...four,
    about: 'LOW, MEDIUM, HIGH and CRITICAL, in this order.',
    example: DEFAULT_SETTINGS.severities,
  })
  severities!: SeverityField[];
}

class ChangedByResponse {
  @Uuid()
  id!: string;

  @Text({ max: 255, nullable: true, about: 'Null for an account that is gone.', example: 'Ana Analyst' })
  name!: string | null;
}

export class RiskSettingsResponse extends RiskSettingsRequest {
  @Integer({ min: 1, max: 2_147_483_647, about: 'Raised by every change; its ETag starts with it.', example: 1 })
  version!: number;

  @Instant({ nullable: true, about: 'Null for the defaults, which nobody has chosen.', example: null })
  changedAt!: string | null;

  @Nested(() => ChangedByResponse, { nullable: true, example: null })
  changedBy!: ChangedByResponse | null;
}

class SeverityCounts implements Readonly<Record<Severity, number>> {
  @Integer({ ...count, example: 2 })
  LOW!: number;

  @Integer({ ...count, example: 1 })
  MEDIUM!: number;

  @Integer({ ...count, example: 1 })
  HIGH!: number;

  @Integer({ ...count, example: 0 })
  CRITICAL!: number;
}

class SeverityMove {
  @Choice(SEVERITIES, { example: 'HIGH' })
  from!: Severity;

  @Choice(SEVERITIES, { example: 'CRITICAL' })
  to!: Severity;

  @Integer({ ...count, example: 0 })
  count!: number;
}

class MovingRisk {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 255, example: 'Ransomware on file servers' })
  title!: string;

  @Decimal({ min: 0, max: SCORE_RANGE.max, example: 18.75 })
  score!: number;

  @Choice(SEVERITIES, { example: 'HIGH' })
  from!: Severity;

  @Choice(SEVERITIES, { example: 'CRITICAL' })
  to!: Severity;
}

export class SettingsPreviewResponse {
  @Integer({ min: 1, max: 2_147_483_647, about: 'Of the settings that this was compared with.', example: 1 })
  settingsVersion!: number;

  @Integer({ ...count, about: 'Risks within your reach, deleted ones not.', example: 4 })
  total!: number;

  @Integer({
    ...count,
    about: 'Those whose inherent severity would change; residual and target ones move as well.',
    example: 0,
  })
  moving!: number;

  @Nested(() => SeverityCounts, { about: 'How many risks have which severity.' })
  before!: SeverityCounts;

  @Nested(() => SeverityCounts, { about: 'How many would.' })
  after!: SeverityCounts;

  @NestedList(() => SeverityMove, { min: 16, maxItems: 16, about: 'From each severity to each, also to itself.' })
  moves!: SeverityMove[];

  @NestedList(() => MovingRisk, {
    maxItems: SHOWN_RISKS,
    about: 'The first of those that would move, highest score first.',
  })
  risks!: MovingRisk[];
}
