import { allPermissions, Permission, type Grants, type Scope } from './permission';

export type RoleKey = 'viewer' | 'analyst' | 'manager' | 'admin';

export interface PredefinedRole {
  readonly key: RoleKey;
  readonly name: string;
  /** A higher level includes everything of the lower ones. */
  readonly level: 0 | 3 | 6 | 9;
  /** What this role adds to the ones below it, or widens. */
  readonly adds: Readonly<Partial<Record<Permission, Scope>>>;
}

/** The four roles that every tenant has, as data: the guard, the API and the documentation read this table. */
export const predefinedRoles: readonly PredefinedRole[] = [
  {
    key: 'viewer',
    name: 'Viewer',
    level: 0,
    adds: {
      [Permission.RiskRead]: 'tenant',
      [Permission.MitigationRead]: 'tenant',
      [Permission.DashboardRead]: 'tenant',
      [Permission.AssetRead]: 'tenant',
      [Permission.ConnectorRead]: 'tenant',
      [Permission.AuditRead]: 'own',
      [Permission.TenantRead]: 'tenant',
    },
  },
  {
    key: 'analyst',
    name: 'Analyst',
    level: 3,
    adds: {
      [Permission.RiskCreate]: 'tenant',
      [Permission.RiskUpdate]: 'tenant',
      [Permission.RiskExport]: 'tenant',
      [Permission.MitigationCreate]: 'tenant',
      [Permission.MitigationUpdate]: 'tenant',
      [Permission.MitigationExport]: 'tenant',
      [Permission.DashboardCreate]: 'tenant',
      [Permission.DashboardExport]: 'tenant',
      [Permission.AssetCreate]: 'tenant',
      [Permission.AssetUpdate]: 'tenant',
      [Permission.TeamRead]: 'tenant',
    },
  },
  {
    key: 'manager',
    name: 'Manager',
    level: 6,
    adds: {
      [Permission.RiskDelete]: 'team',
      [Permission.RiskAccept]: 'tenant',
      [Permission.MitigationDelete]: 'team',
      [Permission.DashboardUpdate]: 'tenant',
      [Permission.ConnectorUpdate]: 'tenant',
      [Permission.AuditRead]: 'tenant',
      [Permission.AuditExport]: 'tenant',
      [Permission.UserRead]: 'tenant',
      [Permission.RoleRead]: 'tenant',
    },
  },
  {
    key: 'admin',
    name: 'Admin',
    level: 9,
    adds: Object.fromEntries(allPermissions.map((permission) => [permission, 'tenant'])),
  },
];

const grantsByRole = new Map<string, Grants>(
  predefinedRoles.map(({ key, level }) => [
    key,
    new Map(
      predefinedRoles
        .filter((role) => role.level <= level)
        .flatMap((role) => Object.entries(role.adds) as [Permission, Scope][]),
    ),
  ]),
);

const nothing: Grants = new Map();

/** Everything a predefined role may do; nothing for a role that is not one. */
export function grantsOf(roleKey: string | null): Grants {
  return (roleKey !== null && grantsByRole.get(roleKey)) || nothing;
}
