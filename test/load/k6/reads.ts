import { pickAny } from './zipf.ts';
import type { World } from './world.ts';

export interface Read {
  readonly name: string;
  /** Of 100 reads or so: people look at single risks and at lists most. */
  readonly weight: number;
  /** What it can be asked about, the most popular first. */
  readonly items: (world: World) => readonly string[];
  readonly path: (item: string) => string;
}

/** Asked for as often as their place says. */
const filters = [
  ...['', 'severity=CRITICAL', 'status=IN_TREATMENT', 'overdue=true', 'severity=HIGH,CRITICAL', 'sort=-updatedAt'],
  ...['severity=HIGH', 'status=DRAFT', 'sort=dueDate', 'limit=50', 'status=ASSESSED', 'severity=MEDIUM', 'sort=title'],
  ...['severity=LOW', 'sort=-createdAt', 'status=MITIGATED', 'severity=CRITICAL&status=DRAFT', 'limit=100', 'page=2'],
  ...['severity=CRITICAL&sort=dueDate', 'acceptanceRequested=true', 'status=CLOSED', 'scoreMin=15', 'page=3'],
  ...['severity=HIGH&status=IN_TREATMENT', 'sort=-residualScore', 'severity=MEDIUM&sort=-updatedAt', 'limit=10'],
  ...['status=IDENTIFIED', 'status=DRAFT,IDENTIFIED,ASSESSED', 'probability=5', 'impact=5', 'source=IMPORT', 'page=5'],
];

const risk = (id: string): string => `/api/v1/risks/${id}`;
const ofRisk = (name: string, weight: number, suffix: string): Read => ({
  name: `risk ${name}`,
  weight,
  items: ({ risks }) => risks,
  path: (id) => `${risk(id)}/${suffix}`,
});
const fixed = (weight: number, ...paths: readonly string[]): Read[] =>
  paths.map((path) => ({ name: path, weight, items: () => [path], path: () => `/api/v1/${path}` }));

/** Every read that is cached, as the screens of a register would ask for it. */
export const reads: readonly Read[] = [
  { name: 'risk', weight: 24, items: ({ risks }) => risks, path: risk },
  { name: 'risks', weight: 20, items: () => filters, path: (query) => withQuery('/api/v1/risks', query) },
  ofRisk('score', 5, 'score'),
  ofRisk('history', 4, 'history'),
  ofRisk('mitigations', 6, 'mitigations'),
  ofRisk('comments', 5, 'comments'),
  ofRisk('transitions', 3, 'transitions'),
  ofRisk('acceptance', 1, 'acceptance'),
  ofRisk('reviews', 1, 'reviews'),
  { name: 'search', weight: 4, items: ({ words }) => words, path: (word) => `/api/v1/risks/search?q=${word}` },
  ...fixed(3, 'stats', 'stats/risk-matrix', 'stats/trends?days=30', 'risks/matrix'),
  ...fixed(
    1,
    'stats/risk-distribution',
    'stats/top-risks?limit=5',
    'stats/timeline?days=7',
    'stats/mitigation-metrics',
  ),
  ...fixed(0.5, 'mitigations/recommended', 'risks/reviews/overdue', 'custom-fields', 'risk-settings'),
  { name: 'mitigation', weight: 3, items: ({ mitigations }) => mitigations, path: (id) => `/api/v1/mitigations/${id}` },
  ...fixed(2, 'mitigations', 'mitigations?overdue=true'),
  { name: 'asset', weight: 2, items: ({ assets }) => assets, path: (id) => `/api/v1/assets/${id}` },
  ...fixed(2, 'assets'),
  ...fixed(0.5, 'marketplace/connectors', 'marketplace/apps', 'rbac/users', 'rbac/roles', 'rbac/teams'),
  {
    name: 'connector',
    weight: 0.5,
    items: ({ connectors }) => connectors,
    path: (key) => `/api/v1/marketplace/connectors/${key}`,
  },
  { name: 'user', weight: 0.5, items: ({ users }) => users, path: (id) => `/api/v1/rbac/users/${id}` },
  { name: 'role', weight: 0.5, items: ({ roles }) => roles, path: (id) => `/api/v1/rbac/roles/${id}` },
  { name: 'team', weight: 0.5, items: ({ teams }) => teams, path: (id) => `/api/v1/rbac/teams/${id}` },
];

const total = reads.reduce((sum, { weight }) => sum + weight, 0);

export function usualRead(): Read {
  let point = Math.random() * total;
  for (const read of reads) {
    point -= read.weight;
    if (point < 0) return read;
  }
  return pickAny(reads);
}

/** Every one as often as every other. */
export function anyRead(): Read {
  return pickAny(reads);
}

/** One after the other, from the first again after the last. */
export function nthOf(world: World, n: number): { read: Read; item: string } {
  const sizes = reads.map(({ items }) => items(world).length);
  let index = n % sizes.reduce((sum, size) => sum + size, 0);
  for (const read of reads) {
    const items = read.items(world);
    const item = items[index];
    if (item !== undefined) return { read, item };
    index -= items.length;
  }
  throw new Error('There is nothing to read');
}

function withQuery(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`;
}
