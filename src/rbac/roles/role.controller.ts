import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { IfMatch, type ExpectedVersion } from '../../http/conditional';
import { Id } from '../../http/id.decorator';
import { PageOf, type Page } from '../../http/pagination';
import { Returns, ReturnsNothing } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../permission';
import { Requires } from '../requires.decorator';
import {
  CreateRole,
  GrantRequest,
  RolePermissionsResponse,
  RoleQuery,
  TenantRoleResponse,
  UpdateRole,
} from './role.dto';
import { RoleReader } from './role.reader';
import { RoleService } from './role.service';

@ApiTags('Access control')
@Controller('rbac/roles')
export class RoleController {
  constructor(
    private readonly roles: RoleService,
    private readonly reader: RoleReader,
  ) {}

  @Get()
  @Requires(Permission.RoleRead)
  @Returns(PageOf(TenantRoleResponse), 'The roles of the tenant, predefined and own')
  listRoles(@Query() query: RoleQuery): Promise<Page<TenantRoleResponse>> {
    return this.reader.list(query);
  }

  @Post()
  @Requires(Permission.RoleCreate)
  @Idempotent()
  @Returns(TenantRoleResponse, 'Make a role of your own', 201)
  async createRole(
    @Body() request: CreateRole,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TenantRoleResponse> {
    const role = await this.roles.create(request);
    reply.header('location', `/api/v1/rbac/roles/${role.id}`);
    return role;
  }

  @Get(':id')
  @Requires(Permission.RoleRead)
  @Returns(TenantRoleResponse, 'One role')
  getRole(@Id() id: string): Promise<TenantRoleResponse> {
    return this.reader.get(id);
  }

  @Patch(':id')
  @Requires(Permission.RoleUpdate)
  @Returns(TenantRoleResponse, 'Change a role of your own')
  updateRole(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() change: UpdateRole,
  ): Promise<TenantRoleResponse> {
    return this.roles.update(id, expected, change);
  }

  @Delete(':id')
  @Requires(Permission.RoleDelete)
  @ReturnsNothing('Delete a role that nobody has')
  deleteRole(@Id() id: string, @IfMatch() expected: ExpectedVersion): Promise<void> {
    return this.roles.remove(id, expected);
  }

  @Get(':id/permissions')
  @Requires(Permission.RoleRead)
  @Returns(RolePermissionsResponse, 'What a role allows')
  listRolePermissions(@Id() id: string): Promise<RolePermissionsResponse> {
    return this.reader.permissions(id);
  }

  @Post(':id/permissions')
  @Requires(Permission.RoleUpdate)
  @Returns(TenantRoleResponse, 'Add a permission to a role, or change how far it reaches')
  addRolePermission(@Id() id: string, @Body() grant: GrantRequest): Promise<TenantRoleResponse> {
    return this.roles.grant(id, grant);
  }

  @Delete(':id/permissions/:permission')
  @Requires(Permission.RoleUpdate)
  @ApiParam({ name: 'permission', schema: { type: 'string', maxLength: 50, example: 'risk:read' } })
  @ReturnsNothing('Take a permission out of a role')
  removeRolePermission(@Id() id: string, @Param('permission') permission: string): Promise<void> {
    return this.roles.revoke(id, permission);
  }
}
