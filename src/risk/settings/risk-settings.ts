import { isDeepStrictEqual } from 'node:util';
import type { FieldProblem } from '../../errors/domain-error';
import { DEFAULT_THRESHOLDS, SCORE_RANGE, SEVERITIES, type Severity, type SeverityThresholds } from '../risk-score';

/** What a tenant calls a severity, and the lowest score of it. */
export interface SeveritySetting {
  readonly severity: Severity;
  readonly label: string;
  readonly from: number;
}

/** What the five ratings are called, from 1 to 5, and the four severities, from LOW to CRITICAL. */
export interface RiskSettings {
  readonly probabilityLabels: readonly string[];
  readonly impactLabels: readonly string[];
  readonly severities: readonly SeveritySetting[];
}

export const DEFAULT_SETTINGS: RiskSettings = {
  probabilityLabels: ['Rare', 'Unlikely', 'Possible', 'Likely', 'Almost certain'],
  impactLabels: ['Negligible', 'Minor', 'Moderate', 'Major', 'Severe'],
  severities: [
    { severity: 'LOW', label: 'Low', from: DEFAULT_THRESHOLDS.LOW },
    { severity: 'MEDIUM', label: 'Medium', from: DEFAULT_THRESHOLDS.MEDIUM },
    { severity: 'HIGH', label: 'High', from: DEFAULT_THRESHOLDS.HIGH },
    { severity: 'CRITICAL', label: 'Critical', from: DEFAULT_THRESHOLDS.CRITICAL },
  ],
};

export function thresholdsOf({ severities }: Pick<RiskSettings, 'severities'>): SeverityThresholds {
  const from = (severity: Severity): number =>
    severities.find((each) => each.severity === severity)?.from ?? DEFAULT_THRESHOLDS[severity];
  return { LOW: from('LOW'), MEDIUM: from('MEDIUM'), HIGH: from('HIGH'), CRITICAL: from('CRITICAL') };
}

export function changedSettings(before: RiskSettings, after: RiskSettings): (keyof RiskSettings)[] {
  const [old, now] = [plain(before), plain(after)];
  const fields = ['probabilityLabels', 'impactLabels', 'severities'] as const;
  return fields.filter((field) => !isDeepStrictEqual(old[field], now[field]));
}

/** Whatever classes a request is made of. */
function plain({ probabilityLabels, impactLabels, severities }: RiskSettings): RiskSettings {
  const rows = severities.map(({ severity, label, from }) => ({ severity, label, from }));
  return { probabilityLabels, impactLabels, severities: rows };
}

/** What is wrong with settings whose fields are right each by itself. */
export function problemsOf({ severities }: RiskSettings): FieldProblem[] {
  return severities.flatMap(({ severity, label, from }, index) => {
    const before = severities[index - 1];
    const isRepeated = severities.slice(0, index).some((other) => other.label === label);
    return [
      ...unless(
        severity === SEVERITIES[index],
        `/severities/${index}/severity`,
        'order',
        `must be ${SEVERITIES[index]}`,
      ),
      ...unless(!isRepeated, `/severities/${index}/label`, 'unique', 'is the label of another severity'),
      ...thresholdProblem(from, before?.from).flatMap(([code, message]) =>
        unless(false, `/severities/${index}/from`, code, message),
      ),
    ];
  });
}

/** @param before the threshold that it has to be above; undefined for the first */
function thresholdProblem(from: number, before: number | undefined): [code: string, message: string][] {
  if (before === undefined) return from === 0 ? [] : [['first', 'must be 0: every score has a severity']];
  const { min, max } = SCORE_RANGE;
  if (from < min || from > max) return [['range', `must be a score that a risk can have, ${min} to ${max}`]];
  if (from <= before) return [['rising', `must be more than ${before}`]];
  if (Math.round(from * 100) / 100 !== from) return [['decimals', 'must have two decimals at most, as scores have']];
  return [];
}

function unless(isRight: boolean, pointer: string, code: string, message: string): FieldProblem[] {
  return isRight ? [] : [{ pointer, code, message }];
}
