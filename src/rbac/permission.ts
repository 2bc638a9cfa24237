/** Every permission there is: `resource:action`. */
export const Permission = {
  RiskRead: 'risk:read',
  RiskCreate: 'risk:create',
  RiskUpdate: 'risk:update',
  RiskDelete: 'risk:delete',
  RiskExport: 'risk:export',
  RiskAdmin: 'risk:admin',
  RiskAccept: 'risk:accept',
  SettingsUpdate: 'settings:update',
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
  AuditExport: 'audit:export',
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
  RoleRead: 'role:read',
  RoleCreate: 'role:create',
  RoleUpdate: 'role:update',
  RoleDelete: 'role:delete',
  TeamRead: 'team:read',
  TeamCreate: 'team:create',
  TeamUpdate: 'team:update',
  TeamDelete: 'team:delete',
  TenantRead: 'tenant:read',
  TenantUpdate: 'tenant:update',
  TenantDelete: 'tenant:delete',
  TenantAdmin: 'tenant:admin',
  SystemRead: 'system:read',
  SystemAdmin: 'system:admin',
} as const;

export type Permission = (typeof Permission)[keyof typeof Permission];

export const allPermissions: readonly Permission[] = Object.values(Permission);

/** How far a permission reaches: what one owns, what one's team owns, everything in the tenant; from narrow to wide. */
export const SCOPES = ['own', 'team', 'tenant'] as const;
export type Scope = (typeof SCOPES)[number];

/** What somebody may do, and how far. */
export type Grants = ReadonlyMap<Permission, Scope>;

export interface Grant {
  readonly permission: Permission;
  readonly scope: Scope;
}

/** Resources that have an owner, an assignee or an author; who reads members may be narrowed to those of their teams. */
const owned = /^(risk|mitigation|asset|dashboard|audit):|^user:read$/;

/** How far a permission may reach. What belongs to nobody is granted in the whole tenant or not at all. */
export function scopesOf(permission: Permission): readonly Scope[] {
  return owned.test(permission) ? SCOPES : ['tenant'];
}

const known: ReadonlySet<string> = new Set(allPermissions);

/** As a grant is stored: `risk:read:team`. */
export function grantText({ permission, scope }: Grant): string {
  return `${permission}:${scope}`;
}

/** The wider one counts when a permission is there twice. What this version of the product does not know grants nothing. */
export function parseGrants(texts: readonly string[]): Grants {
  const grants = new Map<Permission, Scope>();
  for (const text of texts) {
    const [resource = '', action = '', scope = '', ...rest] = text.split(':');
    const permission = `${resource}:${action}`;
    if (rest.length > 0 || !isPermission(permission) || !isScope(scope)) continue;
    if (!scopesOf(permission).includes(scope)) continue;
    const before = grants.get(permission);
    if (before === undefined || reachesAsFar(scope, before)) grants.set(permission, scope);
  }
  return grants;
}

/** What both grant, as far as both do. */
export function intersectionOf(one: Grants, other: Grants): Grants {
  const common = new Map<Permission, Scope>();
  for (const [permission, scope] of one) {
    const limit = other.get(permission);
    if (limit !== undefined) common.set(permission, reachesAsFar(scope, limit) ? limit : scope);
  }
  return common;
}

/** Whether the first scope is as wide as the second, or wider; undefined is none at all. */
export function reachesAsFar(scope: Scope | undefined, other: Scope): boolean {
  return scope !== undefined && SCOPES.indexOf(scope) >= SCOPES.indexOf(other);
}

export function isPermission(text: string): text is Permission {
  return known.has(text);
}

function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
