import { pickAny, pickPopular } from './zipf.ts';
import type { World } from './world.ts';

export interface Read {
  readonly name: string;
  /** Of 100 reads or so: people look at single risks and at lists most. */
  readonly weight: number;
  readonly path: (world: World) => string;
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

const risk = (world: World): string => `/api/v1/risks/${pickPopular(world.risks)}`;
const ofRisk = (name: string, weight: number, suffix: string): Read => ({
  name: `risk ${name}`,
  weight,
  path: (world) => `${risk(world)}/${suffix}`,
});
const fixed = (weight: number, ...paths: readonly string[]): Read[] =>
  paths.map((path) => ({ name: path, weight, path: () => `/api/v1/${path}` }));

/** Every read that is cached, as the screens of a register would ask for it. */
export const reads: readonly Read[] = [
  { name: 'risk', weight: 24, path: risk },
  { name: 'risks', weight: 20, path: () => withQuery('/api/v1/risks', pickPopular(filters)) },
  ofRisk('score', 5, 'score'),
  ofRisk('history', 4, 'history'),
  ofRisk('mitigations', 6, 'mitigations'),
  ofRisk('comments', 5, 'comments'),
  ofRisk('transitions', 3, 'transitions'),
  ofRisk('acceptance', 1, 'acceptance'),
  ofRisk('reviews', 1, 'reviews'),
  { name: 'search', weight: 4, path: ({ words }) => `/api/v1/risks/search?q=${pickPopular(words)}` },
  ...fixed(3, 'stats', 'stats/risk-matrix', 'stats/trends?days=30', 'risks/matrix'),
  ...fixed(
    1,
    'stats/risk-distribution',
    'stats/top-risks?limit=5',
    'stats/timeline?days=7',
    'stats/mitigation-metrics',
  ),
  ...fixed(0.5, 'mitigations/recommended', 'risks/reviews/overdue', 'custom-fields', 'risk-settings'),
  { name: 'mitigation', weight: 3, path: ({ mitigations }) => `/api/v1/mitigations/${pickPopular(mitigations)}` },
  ...fixed(2, 'mitigations', 'mitigations?overdue=true'),
  { name: 'asset', weight: 2, path: ({ assets }) => `/api/v1/assets/${pickPopular(assets)}` },
  ...fixed(2, 'assets'),
  ...fixed(0.5, 'marketplace/connectors', 'marketplace/apps', 'rbac/users', 'rbac/roles', 'rbac/teams'),
  {
    name: 'connector',
    weight: 0.5,
    path: (world) => `/api/v1/marketplace/connectors/${pickPopular(world.connectors)}`,
  },
  { name: 'user', weight: 0.5, path: ({ users }) => `/api/v1/rbac/users/${pickPopular(users)}` },
  { name: 'role', weight: 0.5, path: ({ roles }) => `/api/v1/rbac/roles/${pickPopular(roles)}` },
  { name: 'team', weight: 0.5, path: ({ teams }) => `/api/v1/rbac/teams/${pickPopular(teams)}` },
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

function withQuery(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`;
}
