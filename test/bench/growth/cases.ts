import type { Register } from './registers';

export interface GrowthCase {
  readonly name: string;
  /** What is asked of a register, once per round. */
  readonly path: (register: Register) => string | Promise<string>;
  /** A change of one risk instead of a read. */
  readonly changes?: boolean;
}

const risks = '/api/v1/risks';
const read = (name: string, path: string): GrowthCase => ({ name, path: () => path });

export const cases: readonly GrowthCase[] = [
  read('list, first page', risks),
  read('list with total', `${risks}?total=true`),
  read('list by severity and status, with total', `${risks}?severity=HIGH&status=DRAFT&total=true`),
  ...['title', '-createdAt', '-updatedAt', 'dueDate', '-residualScore'].map((sort) =>
    read(`list sorted by ${sort}`, `${risks}?sort=${sort}`),
  ),
  { name: 'list, deep page', path: (register) => register.deepPage() },
  { name: 'one risk', path: (register) => `${risks}/${register.riskId}` },
  { name: 'change of one risk', path: (register) => `${risks}/${register.riskId}`, changes: true },
  read('matrix', `${risks}/matrix`),
  read('statistics', '/api/v1/stats?period=all'),
  read('statistics, against a month ago', '/api/v1/stats?period=month'),
  read('statistics, matrix', '/api/v1/stats/risk-matrix'),
  read('trends, 30 days', '/api/v1/stats/trends?days=30'),
  read('trends, 365 days', '/api/v1/stats/trends?days=365'),
  read('distribution', '/api/v1/stats/risk-distribution'),
  read('top risks', '/api/v1/stats/top-risks'),
  read('mitigations, recommended', '/api/v1/mitigations/recommended'),
  read('mitigations, metrics', '/api/v1/stats/mitigation-metrics'),
  read('search, a rare word', `${risks}/search?q=turbine`),
  read('search, a common word', `${risks}/search?q=access`),
  read('search, a beginning', `${risks}/search?q=firm`),
  read('search, a typing error', `${risks}/search?q=certifcate`),
  read('list by tag', `${risks}?tag=t7`),
  read('list by words', `${risks}?q=turbine`),
];
