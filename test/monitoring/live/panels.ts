import { pages } from '../dashboards/pages';
import { withDurations } from '../promql';
import type { Prometheus } from './prometheus';
import { durationDividedBy } from './shorter';

/** What a value of a unit of Grafana can be here: from, to. */
const SENSIBLE: Readonly<Record<string, readonly [least: number, most: number]>> = {
  s: [0, 120],
  bytes: [0, 4e9],
  percentunit: [0, 1],
  reqps: [0, 1_000],
  ops: [0, 10_000],
  short: [0, 100_000],
};

/** Every query of every panel, with durations so many times shorter. */
export async function panelProblems(prometheus: Prometheus, factor: number): Promise<string[]> {
  const problems: string[] = [];
  const panels = pages.flatMap(({ rows }) => Object.values(rows).flat());
  for (const { title, unit, signed, queries } of panels) {
    for (const query of Object.values(queries)) {
      const found = await prometheus.query(withDurations(query, durationDividedBy(factor)));
      // Of nothing that is shared by nothing there is no share.
      const values = found.map(({ value }) => Number(value[1])).filter((value) => !Number.isNaN(value));
      const [least, most] = SENSIBLE[unit] ?? [0, 0];
      const isWrong = (value: number): boolean => value > most || value < (signed ? -most : least);
      if (values.length === 0) problems.push(`${title}: no data: ${query}`);
      for (const value of values.filter(isWrong)) problems.push(`${title}: ${value} ${unit}: ${query}`);
    }
  }
  return problems;
}
