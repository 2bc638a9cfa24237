import type { World } from './world';
import { connectorIds } from './writes';

const lists = [
  ...[
    '?total=true',
    '?limit=5&sort=title',
    '?limit=4',
    '?limit=4&page=2',
    '?severity=HIGH,CRITICAL&total=true',
    '?status=ASSESSED&total=true',
    '?q=word&total=true',
  ],
  ...[
    '?overdue=true&total=true',
    '?tag=x',
    '?category=A&sort=-updatedAt',
    '/matrix',
    '/matrix?period=week',
    '/search?q=word',
  ],
  ...['?acceptanceRequested=true', '?acceptanceExpiring=true&total=true', '/reviews/overdue?total=true'],
].map((query) => `/api/v1/risks${query}`);

const stats = [
  ...['', '?period=week', '/risk-matrix', '/trends?days=30', '/timeline?days=7', '/risk-distribution'],
  ...['/mitigation-metrics', '/top-risks?limit=5', '/top-vulnerabilities', '/timeseries?metric=risks&groupBy=status'],
].map((query) => `/api/v1/stats${query}`);

const others = [
  ...[
    '/mitigations?total=true',
    '/mitigations?overdue=true',
    '/mitigations?sort=progress&limit=5',
    '/mitigations/recommended',
    '/assets?total=true',
  ],
  ...['/assets?sort=-updatedAt', '/custom-fields?total=true', '/risk-settings', '/risk-settings/versions?total=true'],
  ...['/rbac/users?total=true', '/rbac/users/stats', '/rbac/roles?total=true', '/rbac/teams?total=true'],
  ...['/rbac/permissions/matrix', '/rbac/invitations?total=true', '/rbac/tenants'],
  ...['/connectors?total=true', '/connectors/search?q=exploited', '/apps?total=true'].map(
    (path) => `/marketplace${path}`,
  ),
  ...connectorIds.flatMap((id) => ['', '/reviews'].map((suffix) => `/marketplace/connectors/${id}${suffix}`)),
].map((path) => `/api/v1${path}`);

const ofRisk = [
  '',
  '/score',
  '/transitions',
  '/history?total=true',
  '/acceptance',
  '/mitigations',
  '/comments',
  '/sources',
  '/reviews',
];

/** Every read whose answer may come from a cache. */
export function readsOf(world: World): string[] {
  const each = (room: Parameters<World['all']>[0], suffixes: readonly string[], prefix = '/api/v1/') =>
    world.all(room).flatMap((id) => suffixes.map((suffix) => `${prefix}${room}/${id}${suffix}`));
  return [
    ...[...lists, ...stats, ...others, `/api/v1/rbac/tenants/${world.tenantId}`],
    ...[...each('risks', ofRisk), ...each('mitigations', ['', '/sub-actions']), ...each('assets', [''])],
    ...[
      ...each('custom-fields', ['']),
      ...each('apps', ['', '/logs'], '/api/v1/marketplace/'),
      ...each('teams', ['', '/members'], '/api/v1/rbac/'),
    ],
    ...[
      ...each('roles', ['', '/permissions'], '/api/v1/rbac/'),
      ...each('users', ['', '/permissions'], '/api/v1/rbac/'),
    ],
  ];
}
