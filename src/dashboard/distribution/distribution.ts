import type { RiskGroup } from '../../risk/statistics/risk-statistics.reader';
import { averageScore } from '../score-average';
import type { RiskShare } from './distribution.dto';

export function sharesOf(groups: readonly RiskGroup[]): RiskShare[] {
  return groups.map((group) => ({
    ...{ key: group.key, label: group.label, count: group.risks },
    averageScore: averageScore(group),
  }));
}

/** One share for each of the keys, in their order, also where there are no risks. */
export function sharesOfEach(keys: readonly string[], groups: readonly RiskGroup[]): RiskShare[] {
  const nothing = { label: null, risks: 0, scoreHundredths: 0 };
  return sharesOf(keys.map((key) => groups.find((group) => group.key === key) ?? { key, ...nothing }));
}
