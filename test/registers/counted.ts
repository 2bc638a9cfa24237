import { daysBefore } from '../../src/http/period';
import { RISK_STATUSES } from '../../src/risk/lifecycle/risk-lifecycle';
import { MITIGATION_STATUSES } from '../../src/risk/mitigations/mitigation-lifecycle';
import type { MitigationResponse } from '../../src/risk/mitigations/mitigation.dto';
import type { RiskResponse } from '../../src/risk/risk.dto';
import { SEVERITIES } from '../../src/risk/risk-score';
import type { Lists } from './lists';

// What the dashboard is to show, in its plainest form: one item of a list after the other.

type Risks = readonly RiskResponse[];

export function isOverdue({ dueDate, status }: RiskResponse, today: string): boolean {
  return dueDate !== null && dueDate < today && !['MITIGATED', 'ACCEPTED', 'CLOSED'].includes(status);
}

export function isMitigationOverdue({ dueDate, status }: MitigationResponse, today: string): boolean {
  return dueDate !== null && dueDate < today && status !== 'DONE' && status !== 'CANCELLED';
}

export function figures(risks: Risks, today: string) {
  return {
    totalRisks: risks.length,
    ...means(risks),
    highRisks: risks.filter(({ score }) => score >= 15).length,
    mitigatedRisks: risks.filter(({ status }) => status === 'MITIGATED').length,
    overdueRisks: risks.filter((risk) => isOverdue(risk, today)).length,
    risksBySeverity: countsOf(SEVERITIES, risks, 'severity'),
    risksByStatus: countsOf(RISK_STATUSES, risks, 'status'),
  };
}

export function means(risks: Risks): { averageScore: number; globalRiskScore: number } {
  if (risks.length === 0) return { averageScore: 0, globalRiskScore: 100 };
  const sum = risks.reduce((all, { score }) => all + Math.round(score * 100), 0);
  const left = Math.max(0, 10_000 * risks.length - 4 * sum);
  return { averageScore: halfUp(sum, risks.length) / 100, globalRiskScore: halfUp(left, 100 * risks.length) };
}

export function cells(risks: Risks): object[] {
  const ratings = [1, 2, 3, 4, 5];
  return ratings.flatMap((probability) =>
    ratings.map((impact) => {
      const here = risks.filter((risk) => risk.probability === probability && risk.impact === impact);
      return { probability, impact, count: here.length };
    }),
  );
}

export interface Share {
  readonly key: string | null;
  readonly label: string | null;
  readonly count: number;
  readonly averageScore: number;
}

/** @param keysOf what a risk counts under: nothing, or several */
export function shares(risks: Risks, keysOf: (risk: RiskResponse) => readonly (string | null)[]): Share[] {
  const keys = [...new Set(risks.flatMap(keysOf))];
  return keys.map((key) =>
    share(
      key,
      risks.filter((risk) => keysOf(risk).includes(key)),
    ),
  );
}

export function share(key: string | null, risks: Risks): Share {
  return { key, label: null, count: risks.length, averageScore: means(risks).averageScore };
}

export function mitigationNumbers({ mitigations }: Lists, today: string) {
  const byStatus = countsOf(MITIGATION_STATUSES, mitigations, 'status');
  const done = mitigations.filter(({ status }) => status === 'DONE');
  const kept = mitigations.length - mitigations.filter(({ status }) => status === 'CANCELLED').length;
  const days = done.reduce((sum, { createdAt, completedAt }) => sum + daysBetween(createdAt, completedAt), 0);
  return {
    total: mitigations.length,
    byStatus,
    completionRate: kept === 0 ? null : halfUp(1000 * done.length, kept) / 10,
    averageDays: done.length === 0 ? null : days / done.length,
    overdue: mitigations.filter((mitigation) => isMitigationOverdue(mitigation, today)).length,
  };
}

/** @param nameOf what the owner with that id is called */
export function highest({ risks, mitigations }: Lists, limit: number, nameOf: (id: string) => string | undefined) {
  const sorted = risks.toSorted((one, other) => other.score - one.score || (one.id < other.id ? 1 : -1));
  return sorted.slice(0, limit).map(({ id, title, score, severity, status, source, dueDate, ownerId }) => ({
    ...{ id, title, score, severity, status, source, dueDate },
    owner: ownerId === null ? null : { id: ownerId, name: nameOf(ownerId) },
    nextAction: nextAction(mitigations.filter(({ riskId }) => riskId === id)),
  }));
}

function nextAction(mitigations: readonly MitigationResponse[]): object | null {
  const order = ({ dueDate, createdAt, id }: MitigationResponse): string =>
    `${dueDate ?? '9999-99-99'} ${createdAt} ${id}`;
  const [next] = mitigations
    .filter(({ status }) => status !== 'DONE' && status !== 'CANCELLED')
    .toSorted((one, other) => (order(one) < order(other) ? -1 : 1));
  if (!next) return null;
  const { id: mitigationId, title, status, dueDate, assigneeId } = next;
  return { mitigationId, title, status, dueDate, assigneeId };
}

/** The UTC days up to today, oldest first, and of how many of these instants each is the day. */
export function byDay(instants: readonly (string | null)[], days: number, today: string): [string, number][] {
  return Array.from({ length: days }, (_, index) => {
    const day = daysBefore(today, days - 1 - index);
    return [day, instants.filter((instant) => instant?.startsWith(day)).length];
  });
}

function countsOf<Item extends object, Field extends keyof Item>(
  values: readonly Item[Field][],
  items: readonly Item[],
  field: Field,
): Record<string, number> {
  return Object.fromEntries(values.map((value) => [value, items.filter((item) => item[field] === value).length]));
}

function daysBetween(from: string, to: string | null): number {
  if (to === null) throw new Error('A mitigation is DONE and was never completed');
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

/** Of whole numbers. */
function halfUp(dividend: number, divisor: number): number {
  const rest = dividend % divisor;
  return (dividend - rest) / divisor + (2 * rest >= divisor ? 1 : 0);
}
