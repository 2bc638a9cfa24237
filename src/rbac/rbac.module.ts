import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule, MetadataScanner } from '@nestjs/core';
import { AuthModule } from '../auth/auth.module';
import { provideConfig } from '../config/config.module';
import { KeysetPages } from '../database/keyset-page';
import { AccessChanges } from './access-changes';
import { GrantsReader } from './grants.reader';
import { AcceptInvitation } from './invitations/accept-invitation';
import { InvitationConfig } from './invitations/invitation.config';
import { InvitationController } from './invitations/invitation.controller';
import { InvitationReader } from './invitations/invitation.reader';
import { InvitationService } from './invitations/invitation.service';
import { PermissionsController } from './permissions/permissions.controller';
import { PermissionsReader } from './permissions/permissions.reader';
import { PermissionGuard } from './permission.guard';
import { PrincipalReader } from './principal.reader';
import { AuthorizationMetrics, authorizationMetricProvider } from './rbac.metrics';
import { RoleController } from './roles/role.controller';
import { RoleReader } from './roles/role.reader';
import { RoleService } from './roles/role.service';
import { RouteDeclarations } from './route-declarations';
import { TeamController } from './teams/team.controller';
import { TeamReader } from './teams/team.reader';
import { TeamService } from './teams/team.service';
import { PurgeTenant } from './tenants/purge-tenant';
import { TenantConfig } from './tenants/tenant.config';
import { TenantController } from './tenants/tenant.controller';
import { TenantReader } from './tenants/tenant.reader';
import { TenantService } from './tenants/tenant.service';
import { MemberController } from './users/member.controller';
import { MemberReader } from './users/member.reader';
import { MemberService } from './users/member.service';

@Global()
@Module({
  imports: [DiscoveryModule, AuthModule],
  controllers: [
    PermissionsController,
    MemberController,
    RoleController,
    TeamController,
    InvitationController,
    TenantController,
  ],
  providers: [
    PrincipalReader,
    GrantsReader,
    PermissionsReader,
    authorizationMetricProvider,
    AuthorizationMetrics,
    AcceptInvitation,
    provideConfig(InvitationConfig),
    provideConfig(TenantConfig),
    KeysetPages,
    AccessChanges,
    MemberReader,
    MemberService,
    RoleReader,
    RoleService,
    TeamReader,
    TeamService,
    InvitationReader,
    InvitationService,
    TenantReader,
    TenantService,
    PurgeTenant,
    RouteDeclarations,
    MetadataScanner,
    { provide: APP_GUARD, useClass: PermissionGuard },
  ],
  exports: [PrincipalReader, GrantsReader, AcceptInvitation],
})
export class RbacModule {}
