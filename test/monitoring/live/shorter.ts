import { ruleFiles } from '../rule-files';
import { withDurations } from '../promql';
import type { RuleFile } from '../rule-files';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Of Prometheus' durations: `1h30m` becomes `90000ms` for 60. */
export function durationDividedBy(factor: number): (duration: string) => string {
  return (duration) => {
    const parts = [...duration.matchAll(/(\d+)(ms|s|m|h|d|w)/g)];
    if (parts.map(([part]) => part).join('') !== duration) throw new Error(`This is no duration: ${duration}`);
    const totalMs = parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNIT_MS[unit] ?? 0), 0);
    return `${Math.max(1, Math.round(totalMs / factor))}ms`;
  };
}

/** The shipped rules by file, with every duration so many times shorter, and all else as it is. */
export function shorterRules(factor: number): Map<string, RuleFile> {
  const shorter = durationDividedBy(factor);
  const hurried = [...ruleFiles()].map(([name, { groups }]): [string, RuleFile] => {
    const shortGroups = groups.map((group) => ({
      ...group,
      ...(group.interval === undefined ? {} : { interval: shorter(group.interval) }),
      rules: group.rules.map((rule) => ({
        ...rule,
        expr: withDurations(rule.expr, shorter),
        ...(rule.for === undefined ? {} : { for: shorter(rule.for) }),
      })),
    }));
    return [name, { groups: shortGroups }];
  });
  return new Map(hurried);
}

/** Any configuration: every value under one of these names is a duration. */
export function withShorter(value: unknown, names: ReadonlySet<string>, factor: number): unknown {
  if (Array.isArray(value)) return value.map((item) => withShorter(item, names, factor));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]: [string, unknown]) => {
    const isDuration = names.has(name) && typeof inner === 'string';
    return [name, isDuration ? durationDividedBy(factor)(inner) : withShorter(inner, names, factor)];
  });
  return Object.fromEntries(entries);
}
