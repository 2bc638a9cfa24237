import { allPermissions, Permission } from '../permission';

export interface CatalogueEntry {
  readonly permission: Permission;
  readonly resource: string;
  readonly action: string;
  readonly description: string;
}

const things: Readonly<Record<string, string>> = {
  risk: 'risks',
  settings: 'the matrix of risks, its labels and thresholds',
  mitigation: 'mitigations of risks',
  dashboard: 'dashboards and reports',
  asset: 'assets',
  connector: 'connectors of the marketplace',
  audit: 'the audit log',
  user: 'members of the tenant',
  integration: 'integrations',
  role: 'roles of the tenant',
  team: 'teams',
  tenant: 'the tenant',
  system: 'the running instance',
};

const verbs: Readonly<Record<string, string>> = {
  ...{ read: 'See', create: 'Add', update: 'Change', delete: 'Delete', export: 'Export', admin: 'Administer' },
};

/** Where verb and thing do not say it. */
const particular: Readonly<Partial<Record<Permission, string>>> = {
  [Permission.RiskRead]: 'See risks: lists, search, matrix, history, what may be done next.',
  [Permission.RiskUpdate]: 'Change risks and move them along their lifecycle.',
  [Permission.RiskDelete]: 'Delete risks and restore them.',
  [Permission.RiskAccept]: 'Approve that a risk is accepted.',
  [Permission.DashboardRead]: 'See the register in numbers: figures, matrix, trends.',
  [Permission.ConnectorUpdate]: 'Configure connectors and synchronize them.',
  [Permission.UserUpdate]: 'Change the role of members, and switch members off and on.',
  [Permission.UserDelete]: 'End memberships.',
  [Permission.TenantAdmin]: 'Suspend, resume and restore the tenant.',
  [Permission.SystemRead]: 'See how cache and connection pool are.',
  [Permission.SystemAdmin]: 'Evict from the cache.',
};

/** Every permission there is, in words. */
export const permissionCatalogue: readonly CatalogueEntry[] = allPermissions.map((permission) => {
  const [resource = '', action = ''] = permission.split(':');
  const description = particular[permission] ?? `${verbs[action]} ${things[resource]}.`;
  return { permission, resource, action, description };
});
