/** What the ids in a path name. */
export type ObjectName =
  | 'risk'
  | 'deleted-risk'
  | 'mitigation'
  | 'risk-comment'
  | 'job'
  | 'asset'
  | 'custom-field'
  | 'risk-to-accept'
  | 'accepted-risk'
  | 'audit-entry'
  | 'member'
  | 'role'
  | 'team'
  | 'team-member'
  | 'invitation'
  | 'tenant'
  | 'session'
  | 'api-token'
  | 'app'
  | 'sync-run'
  | 'delivery';

export interface Route {
  /** `session`: any member, but not with an API token. */
  readonly needs: 'public' | 'member' | 'session' | readonly [string, ...string[]];
  readonly object?: ObjectName;
  /** The permission whose scope decides whether the object is seen at all. */
  readonly seen?: string;
  /** The permission whose scope decides what may be done to it; default the first that the route needs. */
  readonly reach?: string;
  /** What it changes is nobody's: the first permission must reach the whole tenant. */
  readonly tenantWide?: true;
  /** Everybody's own, and with this permission that of others. */
  readonly ownOr?: string;
  /** Only so many at a time. */
  readonly oneByOne?: true;
  /** Nobody does this to themselves. */
  readonly notOneself?: true;
  /** What it may answer instead of a success, when there is nothing to do. */
  readonly orElse?: readonly number[];
  /** Changes the caller's own session, which is then made for this one request. */
  readonly spends?: true;
}

const read = 'risk:read';

/**
 * Who may call which operation, written down by hand and not derived from the code: the requirement that the guards are
 * compared with. An operation that is missing here fails the build.
 */
export const routes: Readonly<Record<string, Route>> = {
  getLiveness: { needs: 'public' },
  getReadiness: { needs: 'public' },
  getStartup: { needs: 'public' },

  login: { needs: 'public', orElse: [401] },
  refreshSession: { needs: 'public', orElse: [401] },
  registerAccount: { needs: 'public', orElse: [404] },
  setUpInstallation: { needs: 'public', orElse: [404] },
  acceptInvitation: { needs: 'public', orElse: [400, 401, 404, 422] },
  changePassword: { needs: 'session', orElse: [401] },
  logout: { needs: 'session', spends: true },
  switchTenant: { needs: 'session', spends: true, orElse: [409] },
  getMe: { needs: 'member' },
  listSessions: { needs: 'session' },
  revokeSession: { needs: 'session', object: 'session' },
  revokeOtherSessions: { needs: 'session' },
  listApiTokens: { needs: 'session' },
  createApiToken: { needs: 'session' },
  revokeApiToken: { needs: 'session', object: 'api-token' },

  listAuditLogs: { needs: ['audit:read'] },
  exportAuditLogs: { needs: ['audit:export'], oneByOne: true },
  getAuditLog: { needs: ['audit:read'], object: 'audit-entry', seen: 'audit:read' },

  listPermissions: { needs: 'member' },
  getPermissionMatrix: { needs: 'member' },
  explainPermission: { needs: 'member' },
  listMembers: { needs: ['user:read'] },
  addMember: { needs: ['user:create'] },
  getMemberStats: { needs: ['user:read'] },
  getMember: { needs: ['user:read'], object: 'member', seen: 'user:read' },
  updateMember: { notOneself: true, needs: ['user:update'], object: 'member' },
  updateMemberRole: { notOneself: true, needs: ['user:update'], object: 'member' },
  removeMember: { notOneself: true, needs: ['user:delete'], object: 'member' },
  listMemberPermissions: { needs: ['user:read'], object: 'member', seen: 'user:read' },
  listRoles: { needs: ['role:read'] },
  createRole: { needs: ['role:create'] },
  getRole: { needs: ['role:read'], object: 'role' },
  updateRole: { needs: ['role:update'], object: 'role' },
  deleteRole: { needs: ['role:delete'], object: 'role' },
  listRolePermissions: { needs: ['role:read'], object: 'role' },
  addRolePermission: { needs: ['role:update'], object: 'role' },
  removeRolePermission: { needs: ['role:update'], object: 'role' },
  listTeams: { needs: ['team:read'] },
  createTeam: { needs: ['team:create'] },
  getTeam: { needs: ['team:read'], object: 'team' },
  updateTeam: { needs: ['team:update'], object: 'team' },
  deleteTeam: { needs: ['team:delete'], object: 'team' },
  listTeamMembers: { needs: ['team:read'], object: 'team' },
  addTeamMember: { needs: ['team:update'], object: 'team' },
  removeTeamMember: { needs: ['team:update'], object: 'team-member' },
  listInvitations: { needs: ['user:create'] },
  createInvitation: { needs: ['user:create'] },
  revokeInvitation: { needs: ['user:create'], object: 'invitation' },
  listMyTenants: { needs: 'member' },
  createTenant: { needs: ['tenant:admin'] },
  getTenant: { needs: ['tenant:read'], object: 'tenant' },
  updateTenant: { needs: ['tenant:update'], object: 'tenant' },
  deleteTenant: { needs: ['tenant:delete'], object: 'tenant' },
  suspendTenant: { needs: ['tenant:admin'], object: 'tenant' },
  resumeTenant: { needs: ['tenant:admin'], object: 'tenant', orElse: [409] },
  restoreTenant: { needs: ['tenant:admin'], object: 'tenant', orElse: [409] },
  listTenantUsers: { needs: ['user:read'], object: 'tenant' },
  getTenantStats: { needs: ['tenant:read'], object: 'tenant' },

  getCacheStats: { needs: ['system:read'] },
  evictFromCache: { needs: ['system:admin'] },
  getPoolStats: { needs: ['system:read'] },

  listRisks: { needs: [read] },
  searchRisks: { needs: [read] },
  getRiskMatrix: { needs: [read] },
  createRisk: { needs: ['risk:create'] },
  getRisk: { needs: [read], object: 'risk', seen: read },
  updateRisk: { needs: ['risk:update'], object: 'risk', seen: read },
  deleteRisk: { needs: ['risk:delete'], object: 'risk', seen: read },
  restoreRisk: { needs: ['risk:delete'], object: 'deleted-risk', seen: read },
  getRiskScore: { needs: [read], object: 'risk', seen: read },
  listRiskTransitions: { needs: [read], object: 'risk', seen: read },
  transitionRisk: { needs: ['risk:update'], object: 'risk', seen: read },
  listRiskHistory: { needs: [read], object: 'risk', seen: read },
  listRiskAcceptances: { needs: [read], object: 'risk', seen: read },
  requestRiskAcceptance: { needs: ['risk:update'], object: 'risk', seen: read },
  approveRiskAcceptance: { needs: ['risk:accept'], object: 'risk-to-accept', seen: read },
  rejectRiskAcceptance: { needs: ['risk:accept'], object: 'risk-to-accept', seen: read },
  // Only by who had requested it; of these risks somebody else has.
  withdrawRiskAcceptance: { needs: ['risk:update'], object: 'risk-to-accept', seen: read, orElse: [403] },
  revokeRiskAcceptance: { needs: ['risk:accept'], object: 'accepted-risk', seen: read },
  listOverdueReviews: { needs: [read] },
  listRiskReviews: { needs: [read], object: 'risk', seen: read },
  reviewRisk: { needs: ['risk:update'], object: 'risk', seen: read },
  changeRisksInBulk: { needs: ['risk:update'] },
  exportRisks: { needs: [read, 'risk:export'], oneByOne: true },
  importRisks: { needs: ['risk:create', 'risk:update'] },
  listRiskSources: { needs: [read], object: 'risk', seen: read },
  listRiskComments: { needs: [read], object: 'risk', seen: read },
  createRiskComment: { needs: ['risk:update'], object: 'risk', seen: read },
  updateRiskComment: { needs: ['risk:update'], object: 'risk-comment', seen: read },
  deleteRiskComment: { needs: ['risk:update'], object: 'risk-comment', seen: read },

  listAssets: { needs: ['asset:read'] },
  createAsset: { needs: ['asset:create'] },
  getAsset: { needs: ['asset:read'], object: 'asset', seen: 'asset:read' },
  updateAsset: { needs: ['asset:update'], object: 'asset', seen: 'asset:read' },
  deleteAsset: { needs: ['asset:delete'], object: 'asset', seen: 'asset:read' },

  listCustomFields: { needs: [read] },
  createCustomField: { needs: ['risk:admin'], tenantWide: true },
  getCustomField: { needs: [read], object: 'custom-field' },
  updateCustomField: { needs: ['risk:admin'], tenantWide: true, object: 'custom-field' },
  deleteCustomField: { needs: ['risk:admin'], tenantWide: true, object: 'custom-field' },

  listRiskMitigations: { needs: ['mitigation:read'], object: 'risk', seen: 'mitigation:read' },
  createMitigation: { needs: ['mitigation:create'], object: 'risk', seen: 'mitigation:read' },
  listMitigations: { needs: ['mitigation:read'] },
  listRecommendedMitigations: { needs: ['mitigation:read', 'risk:read'] },
  getMitigation: { needs: ['mitigation:read'], object: 'mitigation', seen: 'mitigation:read' },
  updateMitigation: { needs: ['mitigation:update'], object: 'mitigation', seen: 'mitigation:read' },
  deleteMitigation: { needs: ['mitigation:delete'], object: 'mitigation', seen: 'mitigation:read' },
  listSubActions: { needs: ['mitigation:read'], object: 'mitigation', seen: 'mitigation:read' },
  createSubAction: { needs: ['mitigation:update'], object: 'mitigation', seen: 'mitigation:read' },
  updateSubAction: { needs: ['mitigation:update'], object: 'mitigation', seen: 'mitigation:read' },
  deleteSubAction: { needs: ['mitigation:update'], object: 'mitigation', seen: 'mitigation:read' },

  getRiskSettings: { needs: [read] },
  replaceRiskSettings: { needs: ['settings:update', read] },
  listRiskSettingsVersions: { needs: [read] },
  previewRiskSettings: { needs: ['settings:update', read] },

  startRiskImport: { needs: ['risk:create', 'risk:update'] },
  listJobs: { needs: 'member' },
  getJob: { needs: 'member', object: 'job', ownOr: 'system:read' },
  cancelJob: { needs: 'member', object: 'job', ownOr: 'system:read' },
  getJobResult: { needs: 'member', object: 'job', ownOr: 'system:read' },

  listConnectors: { needs: ['connector:read'] },
  searchConnectors: { needs: ['connector:read'] },
  getConnector: { needs: ['connector:read'] },
  listConnectorReviews: { needs: ['connector:read'] },
  reviewConnector: { needs: ['connector:read'], orElse: [409] },
  listApps: { needs: ['connector:read'] },
  installApp: { needs: ['connector:create'], orElse: [409] },
  getApp: { needs: ['connector:read'], object: 'app' },
  configureApp: { needs: ['connector:update'], object: 'app', orElse: [409] },
  uninstallApp: { needs: ['connector:delete'], object: 'app' },
  testApp: { needs: ['connector:update'], object: 'app', orElse: [409] },
  enableApp: { needs: ['connector:update'], object: 'app' },
  disableApp: { needs: ['connector:update'], object: 'app' },
  listAppLogs: { needs: ['connector:read'], object: 'app' },
  startSync: { needs: ['connector:update'], object: 'app', orElse: [409] },
  scheduleSync: { needs: ['connector:update'], object: 'app', orElse: [409] },
  listSyncRuns: { needs: ['connector:read'], object: 'app' },
  getSyncRun: { needs: ['connector:read'], object: 'sync-run' },
  cancelSyncRun: { needs: ['connector:update'], object: 'sync-run', orElse: [409] },
  listDeliveries: { needs: ['connector:read'], object: 'app' },
  getDelivery: { needs: ['connector:read'], object: 'delivery' },
  replayDelivery: { needs: ['connector:update'], object: 'delivery' },
  replayDeliveries: { needs: ['connector:update'], object: 'app', orElse: [409] },
  rotateWebhookSecret: { needs: ['connector:update'], object: 'app', orElse: [409] },

  getStats: { needs: ['dashboard:read'] },
  getStatsRiskMatrix: { needs: ['dashboard:read'] },
  getTrends: { needs: ['dashboard:read'] },
  getTimeline: { needs: ['dashboard:read'] },
  getRiskDistribution: { needs: ['dashboard:read'] },
  getMitigationMetrics: { needs: ['dashboard:read'] },
  getTopRisks: { needs: ['dashboard:read'] },
  getTopVulnerabilities: { needs: ['dashboard:read'] },
  getTimeseries: { needs: ['dashboard:read'] },
};
