/** Every permission there is: `resource:action`. */
export const Permission = {
  RiskRead: 'risk:read',
  RiskCreate: 'risk:create',
  RiskUpdate: 'risk:update',
  RiskDelete: 'risk:delete',
  RiskExport: 'risk:export',
  RiskAdmin: 'risk:admin',
  RiskAccept: 'risk:accept',
  MitigationRead: 'mitigation:read',
  MitigationCreate: 'mitigation:create',
  MitigationUpdate: 'mitigation:update',
  MitigationDelete: 'mitigation:delete',
  MitigationExport: 'mitigation:export',
  MitigationAdmin: 'mitigation:admin',
  DashboardRead: 'dashboard:read',
  DashboardCreate: 'dashboard:create',
  DashboardUpdate: 'dashboard:update',
  DashboardDelete: 'dashboard:delete',
  DashboardExport: 'dashboard:export',
  DashboardAdmin: 'dashboard:admin',
  AssetRead: 'asset:read',
  AssetCreate: 'asset:create',
  AssetUpdate: 'asset:update',
  AssetDelete: 'asset:delete',
  AssetAdmin: 'asset:admin',
  ConnectorRead: 'connector:read',
  ConnectorCreate: 'connector:create',
  ConnectorUpdate: 'connector:update',
  ConnectorDelete: 'connector:delete',
  ConnectorAdmin: 'connector:admin',
  AuditRead: 'audit:read',
  AuditAdmin: 'audit:admin',
  UserRead: 'user:read',
  UserCreate: 'user:create',
  UserUpdate: 'user:update',
  UserDelete: 'user:delete',
  UserAdmin: 'user:admin',
  IntegrationRead: 'integration:read',
  IntegrationCreate: 'integration:create',
  IntegrationUpdate: 'integration:update',
  IntegrationDelete: 'integration:delete',
  IntegrationAdmin: 'integration:admin',
} as const;

export type Permission = (typeof Permission)[keyof typeof Permission];

export const allPermissions: readonly Permission[] = Object.values(Permission);

/** How far a permission reaches: what one owns, what one's team owns, everything in the tenant. */
export type Scope = 'own' | 'team' | 'tenant';
