import { connectorIdOf } from '../../src/marketplace/connector-id';
import type { ApiHeaders } from '../support/api-client';
import type { World } from './world';

/** One request that changes something, of whoever may. */
export interface Write {
  readonly method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: ApiHeaders;
  readonly as?: 'manager' | 'analyst';
}

const any = { 'if-match': '*' };
const risks = '/api/v1/risks';
const market = '/api/v1/marketplace';
const webhook = connectorIdOf('webhook');
export const connectorIds = [...['cisa-kev', 'epss'].map(connectorIdOf), webhook];
const patch = (path: string, body: unknown): Write => ({ method: 'PATCH', path, body, headers: any });
const post = (path: string, body?: unknown, headers: ApiHeaders = {}): Write => ({
  method: 'POST',
  path,
  body,
  headers,
});
const put = (path: string, body: unknown): Write => ({ method: 'PUT', path, body, headers: any });
const remove = (path: string): Write => ({ method: 'DELETE', path, headers: any });

/** Every operation that changes what is cached, by its id. */
export const writes: Readonly<Record<string, (world: World) => Write>> = {
  createRisk: (w) => post(risks, w.risk()),
  updateRisk: (w) => patch(`${risks}/${w.some('risks')}`, w.riskChange()),
  deleteRisk: (w) => remove(`${risks}/${w.some('risks')}`),
  restoreRisk: (w) => post(`${risks}/${w.some('risks')}/restore`),
  transitionRisk: (w) => post(`${risks}/${w.some('risks')}/transition`, { status: w.status() }, any),
  changeRisksInBulk: (w) =>
    post(`${risks}/bulk`, {
      atomic: w.random.chance(0.3),
      operations: [
        { op: 'update', id: w.some('risks'), change: w.riskChange() },
        { op: 'transition', id: w.some('risks'), status: w.status() },
        { op: 'create', risk: w.risk() },
      ],
    }),
  importRisks: (w) =>
    post(
      `${risks}/import`,
      `title,probability,impact,externalId\n${w.word()},${w.rating()},${w.rating()},X${w.below(5)}\n`,
      {
        'content-type': 'text/csv',
      },
    ),
  createRiskComment: (w) => post(`${risks}/${w.some('risks')}/comments`, { text: w.word() }),
  updateRiskComment: (w) => patch(w.someOf('comments'), { text: w.word() }),
  deleteRiskComment: (w) => remove(w.someOf('comments')),
  createMitigation: (w) => post(`${risks}/${w.some('risks')}/mitigations`, { title: w.word(), dueDate: w.day() }),
  updateMitigation: (w) => patch(`/api/v1/mitigations/${w.some('mitigations')}`, w.mitigationChange()),
  deleteMitigation: (w) => remove(`/api/v1/mitigations/${w.some('mitigations')}`),
  createSubAction: (w) => post(`/api/v1/mitigations/${w.some('mitigations')}/sub-actions`, { title: w.word() }),
  updateSubAction: (w) =>
    patch(w.someOf('sub-actions'), w.random.pick([{ done: true }, { done: false }, { title: w.word() }])),
  deleteSubAction: (w) => remove(w.someOf('sub-actions')),
  requestRiskAcceptance: (w) =>
    post(`${risks}/${w.some('risks')}/acceptance`, { justification: w.word(), validUntil: w.day(1) }, any),
  approveRiskAcceptance: (w) => ({ ...post(`${w.someOf('requested')}/acceptance/approve`, {}, any), as: 'manager' }),
  rejectRiskAcceptance: (w) => ({ ...post(`${w.someOf('requested')}/acceptance/reject`, {}, any), as: 'manager' }),
  withdrawRiskAcceptance: (w) => post(`${w.someOf('requested')}/acceptance/withdraw`, {}, any),
  revokeRiskAcceptance: (w) => ({ ...post(`${w.someOf('accepted')}/acceptance/revoke`, {}, any), as: 'manager' }),
  reviewRisk: (w) => post(`${risks}/${w.some('risks')}/review`, { outcome: 'CONFIRMED', nextReviewAt: w.day(1) }, any),
  createAsset: (w) => post('/api/v1/assets', { name: w.word(), type: 'Server', ownerId: w.person() }),
  updateAsset: (w) => patch(`/api/v1/assets/${w.some('assets')}`, w.assetChange()),
  deleteAsset: (w) => remove(`/api/v1/assets/${w.some('assets')}?detach=${w.random.chance(0.5)}`),
  createCustomField: (w) => post('/api/v1/custom-fields', { key: `k${w.below(1e6)}`, label: w.word(), type: 'text' }),
  updateCustomField: (w) => patch(`/api/v1/custom-fields/${w.some('custom-fields')}`, { label: w.word() }),
  deleteCustomField: (w) => remove(`/api/v1/custom-fields/${w.some('custom-fields')}`),
  replaceRiskSettings: (w) => put('/api/v1/risk-settings', w.settings()),
  createTeam: (w) => post('/api/v1/rbac/teams', { name: w.word() }),
  updateTeam: (w) => patch(`/api/v1/rbac/teams/${w.some('teams')}`, { description: w.word() }),
  deleteTeam: (w) => remove(`/api/v1/rbac/teams/${w.some('teams')}`),
  addTeamMember: (w) =>
    post(`/api/v1/rbac/teams/${w.some('teams')}/members`, { userId: w.person() ?? w.some('users') }),
  removeTeamMember: (w) => remove(w.someOf('team-members')),
  createRole: (w) => post('/api/v1/rbac/roles', { name: w.word(), level: 0, grants: [] }),
  updateRole: (w) => patch(`/api/v1/rbac/roles/${w.some('roles')}`, { description: w.word() }),
  addRolePermission: (w) =>
    post(`/api/v1/rbac/roles/${w.some('roles')}/permissions`, { permission: 'risk:read', scope: 'own' }),
  removeRolePermission: (w) => remove(w.someOf('role-permissions')),
  deleteRole: (w) => remove(`/api/v1/rbac/roles/${w.some('roles')}`),
  updateTenant: (w) => patch(`/api/v1/rbac/tenants/${w.tenantId}`, { metadata: { word: w.word() } }),
  createInvitation: (w) =>
    post('/api/v1/rbac/invitations', { email: `${w.word()}@example.test`, roleId: w.some('roles') }),
  addMember: (w) =>
    post('/api/v1/rbac/users', {
      ...{ email: `${w.word()}@example.test`, name: w.word(), roleId: w.some('roles') },
      password: 'kestrel orbit 4711 lime',
    }),
  installApp: (w) => {
    const connectorId = w.random.pick(connectorIds);
    const secret = connectorId === webhook ? { secret: `whsec_${'A'.repeat(44)}` } : {};
    return post(`${market}/apps`, { connectorId, configuration: { url: w.sourceUrl, ...secret } });
  },
  configureApp: (w) => put(`${market}/apps/${w.some('apps')}`, { name: w.word(), configuration: { url: w.sourceUrl } }),
  testApp: (w) => post(`${market}/apps/${w.some('apps')}/test`),
  enableApp: (w) => post(`${market}/apps/${w.some('apps')}/enable`, undefined, any),
  disableApp: (w) => post(`${market}/apps/${w.some('apps')}/disable`, undefined, any),
  startSync: (w) => post(`${market}/apps/${w.some('apps')}/sync`),
  scheduleSync: (w) =>
    put(`${market}/apps/${w.some('apps')}/sync`, {
      autoSync: w.random.chance(0.5),
      syncIntervalSeconds: 60 + w.below(99),
    }),
  cancelSyncRun: (w) => post(`${w.someOf('runs')}/cancel`),
  rotateWebhookSecret: (w) => post(`${market}/apps/${w.some('apps')}/webhook-secret/rotate`),
  replayDeliveries: (w) =>
    post(`${market}/apps/${w.some('apps')}/deliveries/replay`, {
      from: '2026-01-01T00:00:00Z',
      to: '2099-01-01T00:00:00Z',
    }),
  uninstallApp: (w) => remove(`${market}/apps/${w.some('apps')}`),
  reviewConnector: (w) =>
    post(`${market}/connectors/${w.random.pick(connectorIds)}/reviews`, { rating: w.rating(), comment: w.word() }),
  evictFromCache: () => post('/api/v1/admin/cache/evict', { caches: ['risk'] }),
};

const itsOwn = 'of a session or a token, which no cached answer tells';
const itsEnd = 'would end what the run needs; revocation and tenants have specs of their own';

/** Operations that are not among them, and why. */
export const excluded: Readonly<Record<string, string>> = {
  ...{ login: itsOwn, refreshSession: itsOwn, logout: itsOwn, switchTenant: itsOwn, changePassword: itsOwn },
  ...{ revokeSession: itsOwn, revokeOtherSessions: itsOwn, createApiToken: itsOwn, revokeApiToken: itsOwn },
  ...{ registerAccount: itsOwn, setUpInstallation: itsOwn, acceptInvitation: itsOwn },
  ...{ revokeInvitation: itsEnd, createTenant: itsEnd, deleteTenant: itsEnd, restoreTenant: itsEnd },
  ...{
    suspendTenant: itsEnd,
    resumeTenant: itsEnd,
    removeMember: itsEnd,
    updateMember: itsEnd,
    updateMemberRole: itsEnd,
  },
  ...{ startRiskImport: 'is among the jobs', cancelJob: 'jobs are never cached' },
  previewRiskSettings: 'changes nothing',
  replayDelivery: 'is one of those that replayDeliveries replays',
};
