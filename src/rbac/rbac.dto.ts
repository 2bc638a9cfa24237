import { Choice, Integer, NestedList, Text } from '../http/fields.decorator';
import { allPermissions, SCOPES, type Grants } from './permission';
import { grantsOf, predefinedRoles } from './role-matrix';

export class GrantResponse {
  @Choice(allPermissions, { example: 'risk:read' })
  permission!: string;

  @Choice(SCOPES, { about: 'How far it reaches.', example: 'tenant' })
  scope!: string;
}

class RoleResponse {
  @Choice(['viewer', 'analyst', 'manager', 'admin'], { example: 'viewer' })
  key!: string;

  @Text({ max: 100, example: 'Viewer' })
  name!: string;

  @Integer({ min: 0, max: 9, about: 'A higher level includes everything of the lower ones.', example: 0 })
  level!: number;

  @NestedList(() => GrantResponse, { maxItems: 100 })
  grants!: GrantResponse[];
}

export class PermissionMatrixResponse {
  @NestedList(() => RoleResponse, { maxItems: 10 })
  roles!: RoleResponse[];
}

export function toGrants(grants: Grants): GrantResponse[] {
  return [...grants].map(([permission, scope]) => ({ permission, scope }));
}

export function permissionMatrix(): PermissionMatrixResponse {
  return {
    roles: predefinedRoles.map(({ key, name, level }) => ({ key, name, level, grants: toGrants(grantsOf(key)) })),
  };
}
