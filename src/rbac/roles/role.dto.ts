import { PartialType } from '@nestjs/swagger';
import { EXAMPLE_ID } from '../../http/example-id';
import { Choice, Flag, Instant, Integer, IntegerChoice, NestedList, Text, Uuid } from '../../http/fields.decorator';
import { PageQuery } from '../../http/pagination';
import { QueryFlag } from '../../http/query-fields.decorator';
import { allPermissions, SCOPES, type Permission, type Scope } from '../permission';
import { GrantResponse, toGrants } from '../rbac.dto';
import type { RoleRow } from './role-rows';

export const ROLE_LEVELS = [0, 3, 6, 9] as const;

export class RoleQuery extends PageQuery {
  @Text({ min: 1, max: 100, optional: true, about: 'Any part of the name.', example: 'a' })
  q?: string;

  @QueryFlag({ about: 'Only predefined roles, or only those of your own.' })
  predefined?: boolean;
}

export class GrantRequest {
  @Choice(allPermissions, { example: 'risk:read' })
  permission!: Permission;

  @Choice(SCOPES, {
    about:
      'How far it reaches. What belongs to nobody (roles, teams, the tenant) is granted in the whole tenant or not.',
    example: 'tenant',
  })
  scope!: Scope;
}

export class CreateRole {
  @Text({ min: 1, max: 100, about: 'Unique, whatever the case of its letters.', example: 'Board member' })
  name!: string;

  @Text({ max: 1000, optional: true, example: 'Reads the register.' })
  description?: string;

  @IntegerChoice(ROLE_LEVELS, {
    about: 'At most your own. Its holders cannot assign, edit or manage what is of a higher level.',
    example: 0,
  })
  level!: number;

  @NestedList(() => GrantRequest, { maxItems: 100, about: 'Nothing that you do not have yourself.' })
  grants!: GrantRequest[];
}

export class UpdateRole extends PartialType(CreateRole, { skipNullProperties: false }) {}

export class TenantRoleResponse {
  @Uuid({ example: EXAMPLE_ID })
  id!: string;

  @Text({ max: 63, nullable: true, about: 'Of a predefined role.', example: null })
  key!: string | null;

  @Text({ max: 100, example: 'Risk reviewer' })
  name!: string;

  @Text({ max: 1000, example: 'Reads the register, and changes what belongs to the own team.' })
  description!: string;

  @IntegerChoice(ROLE_LEVELS, { example: 0 })
  level!: number;

  @Flag({ about: 'Predefined roles cannot be changed.', example: false })
  predefined!: boolean;

  @Integer({ min: 0, max: Number.MAX_SAFE_INTEGER, about: 'How many members have it.', example: 1 })
  memberCount!: number;

  @NestedList(() => GrantResponse, { maxItems: 100 })
  grants!: GrantResponse[];

  @Integer({ min: 1, max: 2_147_483_647, example: 1 })
  version!: number;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  createdAt!: string;

  @Instant({ example: '2026-06-30T12:00:00.000Z' })
  updatedAt!: string;
}

export class RolePermissionsResponse {
  @NestedList(() => GrantResponse, { maxItems: 100 })
  items!: GrantResponse[];
}

export function toRoleResponse(role: RoleRow): TenantRoleResponse {
  const { id, key, name, description, level, memberCount, grants, version, createdAt, updatedAt } = role;
  return {
    ...{ id, key, name, description, level, predefined: key !== null, memberCount, grants: toGrants(grants), version },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
