import { EXAMPLE_ID } from '../../http/example-id';
import { Choice, Flag, Integer, NestedList, Text, Uuid } from '../../http/fields.decorator';
import { allPermissions, parseGrants, SCOPES, type Permission, type Scope } from '../permission';
import { GrantResponse, toGrants } from '../rbac.dto';
import { grantsOf, predefinedRoles } from '../role-matrix';
import { REASONS, type Reason } from './explanation';
import type { CatalogueEntry } from './permission-catalogue';

/** Most custom roles that the matrix shows. */
export const MAX_CUSTOM_ROLES = 200;

class PermissionResponse implements CatalogueEntry {
  @Choice(allPermissions, { example: 'risk:read' })
  permission!: Permission;

  @Text({ max: 50, example: 'risk' })
  resource!: string;

  @Text({ max: 50, example: 'read' })
  action!: string;

  @Text({ max: 200, example: 'See risks: lists, search, matrix, history, what may be done next.' })
  description!: string;
}

export class PermissionsResponse {
  @NestedList(() => PermissionResponse, { maxItems: 200 })
  items!: readonly CatalogueEntry[];
}

class MatrixRoleResponse {
  @Uuid({ nullable: true, about: 'Of a custom role.', example: null })
  id!: string | null;

  @Choice(['viewer', 'analyst', 'manager', 'admin'], {
    nullable: true,
    about: 'Of a predefined role.',
    example: 'viewer',
  })
  key!: string | null;

  @Text({ max: 100, example: 'Viewer' })
  name!: string;

  @Integer({ min: 0, max: 9, about: 'A higher predefined role includes everything of the lower ones.', example: 0 })
  level!: number;

  @NestedList(() => GrantResponse, { maxItems: 100 })
  grants!: GrantResponse[];
}

export class PermissionMatrixResponse {
  @NestedList(() => MatrixRoleResponse, {
    maxItems: predefinedRoles.length + MAX_CUSTOM_ROLES,
    about: 'The predefined ones; for those who may see the roles of the tenant, its custom ones too.',
  })
  roles!: MatrixRoleResponse[];
}

export interface CustomRole {
  readonly id: string;
  readonly name: string;
  readonly level: number;
  readonly permissions: readonly string[];
}

export function permissionMatrix(customRoles: readonly CustomRole[]): PermissionMatrixResponse {
  const predefined = predefinedRoles.map(({ key, name, level }) => {
    return { id: null, key, name, level, grants: toGrants(grantsOf(key)) };
  });
  const custom = customRoles.map(({ id, name, level, permissions }) => {
    return { id, key: null, name, level, grants: toGrants(parseGrants(permissions)) };
  });
  return { roles: [...predefined, ...custom] };
}

export class ExplainQuery {
  @Choice(allPermissions, { example: 'risk:delete' })
  permission!: Permission;

  @Uuid({
    optional: true,
    about: 'Of a member; yourself, with what you came with, when left out. Others need `user:read`.',
  })
  userId?: string;
}

class ReasonResponse implements Reason {
  @Choice(REASONS, { example: 'role' })
  about!: Reason['about'];

  @Flag({ about: 'Whether this stands in the way.', example: false })
  refuses!: boolean;

  @Text({ max: 500, example: 'The role Manager grants risk:delete with the scope team.' })
  message!: string;
}

export class ExplanationResponse {
  @Uuid({ example: EXAMPLE_ID })
  userId!: string;

  @Choice(allPermissions, { example: 'risk:delete' })
  permission!: Permission;

  @Flag({ example: true })
  allowed!: boolean;

  @Choice(SCOPES, { nullable: true, about: 'How far it reaches; null when it is not allowed.', example: 'team' })
  scope!: Scope | null;

  @NestedList(() => ReasonResponse, { maxItems: REASONS.length, about: 'In the order in which a request is decided.' })
  reasons!: readonly Reason[];
}
