import fc from 'fast-check';
import { INTERVALS, SERIES_GROUPS, type SeriesGroup } from '../../src/dashboard/timeseries/timeseries.dto';
import { RISK_STATUSES } from '../../src/risk/lifecycle/risk-lifecycle';
import { daysBefore, PERIODS, periodStart } from '../../src/http/period';
import type { RiskResponse } from '../../src/risk/risk.dto';
import { SEVERITIES } from '../../src/risk/risk-score';
import type { ApiClient } from '../support/api-client';
import { byDay, cells, figures, highest, means, mitigationNumbers, share, shares, type Share } from './counted';
import { read, type Lists } from './lists';
import { PEOPLE } from './random-register';
import type { StoredRegister } from './stored-register';

const MOST_GROUPS = 100;
const SHOWN_IN_CELL = 5;

/** What somebody asks the dashboard for. */
export const randomView = fc.record({
  period: fc.constantFrom(...PERIODS),
  days: fc.oneof(fc.constantFrom(1, 365), fc.integer({ min: 1, max: 365 })),
  limit: fc.integer({ min: 1, max: 50 }),
  metric: fc.constantFrom('risks', 'open', 'high', 'averageScore', 'globalRiskScore' as const),
  interval: fc.constantFrom(...INTERVALS),
  groupBy: fc.option(fc.constantFrom(...SERIES_GROUPS), { nil: undefined }),
});
type View = typeof randomView extends fc.Arbitrary<infer Random> ? Random : never;

/** Every answer of the dashboard that tells how things are. */
export async function answersFor(
  client: ApiClient,
  { period, days, limit, metric, interval, groupBy }: View,
  today: string,
) {
  const from = daysBefore(today, days - 1);
  const [
    stats,
    matrix,
    riskMatrix,
    trends,
    timeline,
    distribution,
    mitigations,
    top,
    vulnerabilities,
    series,
    overdue,
  ] = await Promise.all([
    read(client, '/api/v1/stats', { period }),
    read(client, '/api/v1/stats/risk-matrix'),
    read(client, '/api/v1/risks/matrix', { period }),
    read(client, '/api/v1/stats/trends', { days }),
    read(client, '/api/v1/stats/timeline', { days }),
    read(client, '/api/v1/stats/risk-distribution'),
    read(client, '/api/v1/stats/mitigation-metrics'),
    read(client, '/api/v1/stats/top-risks', { limit }),
    read(client, '/api/v1/stats/top-vulnerabilities', { limit }),
    read(client, '/api/v1/stats/timeseries', { metric, interval, groupBy, from }),
    read(client, '/api/v1/risks/reviews/overdue', { limit: 200, total: true }),
  ]);
  return {
    stats,
    matrix,
    riskMatrix,
    trends,
    timeline,
    distribution,
    mitigations,
    top,
    vulnerabilities,
    series,
    overdue,
  };
}
type Answers = Awaited<ReturnType<typeof answersFor>>;

/** The numbers of these answers, and what they are to be by the lists. */
export function compared(answers: Answers, lists: Lists, view: View, stored: StoredRegister) {
  const { stats, distribution, mitigations, timeline } = answers;
  const { today } = stored;
  const { since: _, previous, change, ...present } = stats;
  const { averageDays, ...metrics } = mitigations;
  const { averageDays: exactDays, ...counted } = mitigationNumbers(lists, today);
  const done = lists.mitigations.filter(({ status }) => status === 'DONE').map(({ completedAt }) => completedAt);
  const days = timeline.timeline as { date: string; mitigationsDone: number }[];
  const connected = { ...lists, risks: lists.risks.filter(({ source }) => source === 'CONNECTOR') };
  const nameOf = (id: string): string | undefined => namesOf(stored).get(id);
  const dueReviews = lists.risks
    .filter(({ nextReviewAt, status }) => nextReviewAt !== null && nextReviewAt < today && status !== 'CLOSED')
    .toSorted((one, other) => (`${one.nextReviewAt} ${one.id}` < `${other.nextReviewAt} ${other.id}` ? -1 : 1));
  return {
    shown: {
      stats: present,
      change: previous === null ? null : change.totalRisks,
      matrix: answers.matrix.cells,
      riskMatrix: (answers.riskMatrix.cells as Cell[]).map(({ probability, impact, count, riskIds }) => {
        return { probability, impact, count, riskIds };
      }),
      trend: presentOf(answers.trends.points.at(-1)),
      mitigationsDone: byDay([], view.days, today).map(([day]) => [
        day,
        days.find(({ date }) => date === day)?.mitigationsDone ?? 0,
      ]),
      distribution,
      mitigations: metrics,
      averageDays: averageDays === null ? null : Math.abs(averageDays - (exactDays ?? NaN)) < 0.0501,
      top: answers.top.items,
      vulnerabilities: answers.vulnerabilities.items,
      series: lastOf(answers.series.points),
      overdueReviews: {
        total: answers.overdue.total,
        ids: answers.overdue.items.map((item: { riskId: string }) => item.riskId),
      },
    },
    counted: {
      stats: { period: view.period, today, ...figures(lists.risks, today) },
      change: previous === null ? null : lists.risks.length - previous.totalRisks,
      matrix: cells(lists.risks),
      riskMatrix: cellsSince(lists.risks, periodStart(view.period, today) ?? ''),
      trend: { ...means(lists.risks), open: lists.risks.filter(({ status }) => status !== 'CLOSED').length },
      mitigationsDone: byDay(done, view.days, today),
      distribution: distributionOf(lists.risks, distribution, stored),
      mitigations: counted,
      averageDays: exactDays === null ? null : true,
      top: highest(lists, view.limit, nameOf),
      vulnerabilities: highest(connected, view.limit, nameOf),
      series: answers.series.points.length === 0 ? {} : seriesOf(lists.risks, view),
      overdueReviews: { total: dueReviews.length, ids: dueReviews.map(({ id }) => id) },
    },
  };
}

interface Cell {
  readonly probability: number;
  readonly impact: number;
  readonly count: number;
  readonly riskIds: readonly string[];
}

function cellsSince(risks: readonly RiskResponse[], since: string): object[] {
  const recent = risks.filter(({ createdAt }) => createdAt >= since);
  return (cells(recent) as Cell[]).map((cell) => {
    const here = recent.filter(({ probability, impact }) => probability === cell.probability && impact === cell.impact);
    const sorted = here.toSorted((one, other) => other.score - one.score || (one.id < other.id ? 1 : -1));
    return { ...cell, riskIds: sorted.slice(0, SHOWN_IN_CELL).map(({ id }) => id) };
  });
}

/** A register without a point has never had a risk. */
function presentOf(point: { averageScore: number; globalRiskScore: number; open: number } | undefined): object {
  const { averageScore, globalRiskScore, open } = point ?? { ...means([]), open: 0 };
  return { averageScore, globalRiskScore, open };
}

function lastOf(points: readonly { time: string; label: string; value: number }[]): Record<string, number> {
  const last = points.filter(({ time }) => time === points.at(-1)?.time);
  return Object.fromEntries(last.map(({ label, value }) => [label, value]));
}

function seriesOf(risks: readonly RiskResponse[], { metric, groupBy }: View): Record<string, number> {
  if (groupBy === undefined) return { [metric]: valueOf(risks, metric) };
  const labels: Readonly<Record<SeriesGroup, readonly string[]>> = { severity: SEVERITIES, status: RISK_STATUSES };
  return Object.fromEntries(
    labels[groupBy].map((label) => [
      label,
      valueOf(
        risks.filter((risk) => risk[groupBy] === label),
        metric,
      ),
    ]),
  );
}

function valueOf(risks: readonly RiskResponse[], metric: View['metric']): number {
  if (metric === 'averageScore' || metric === 'globalRiskScore') return means(risks)[metric];
  return risks.filter(({ score, status }) => {
    return metric === 'risks' || (metric === 'open' ? status !== 'CLOSED' : score >= 15);
  }).length;
}

function distributionOf(
  risks: readonly RiskResponse[],
  shown: Answers['distribution'],
  stored: StoredRegister,
): object {
  const names = namesOf(stored);
  const byCategory = shares(risks, ({ category }) => [category]);
  const byFramework = shares(risks, ({ frameworks }) => frameworks);
  const byOwner = shares(risks, ({ ownerId }) => [ownerId]).map((one) => {
    return { ...one, label: one.key === null ? null : (names.get(one.key) ?? null) };
  });
  const omitted = [byCategory, byFramework, byOwner].map(({ length }) => Math.max(0, length - MOST_GROUPS));
  return {
    bySeverity: SEVERITIES.map((key) =>
      share(
        key,
        risks.filter(({ severity }) => severity === key),
      ),
    ),
    byStatus: RISK_STATUSES.map((key) =>
      share(
        key,
        risks.filter(({ status }) => status === key),
      ),
    ),
    byCategory: largest(byCategory, shown.byCategory),
    byFramework: largest(byFramework, shown.byFramework),
    byOwner: largest(byOwner, shown.byOwner),
    omittedGroups: omitted.reduce((sum, one) => sum + one),
  };
}

/** The largest of these; of equal ones those, and in that order, that are shown. */
function largest(all: readonly Share[], shown: readonly Share[]): Share[] {
  const place = ({ key }: Share): number => {
    const index = shown.findIndex((one) => one.key === key);
    return index === -1 ? shown.length : index;
  };
  return all.toSorted((one, other) => other.count - one.count || place(one) - place(other)).slice(0, MOST_GROUPS);
}

function namesOf({ userIds }: StoredRegister): ReadonlyMap<string, string> {
  return new Map(PEOPLE.map((person) => [userIds[person], `Name of ${person}`]));
}
