import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule, MetadataScanner } from '@nestjs/core';
import { GrantsReader } from './grants.reader';
import { AcceptInvitation } from './invitations/accept-invitation';
import { MembershipReader } from './membership.reader';
import { PermissionGuard } from './permission.guard';
import { RbacController } from './rbac.controller';
import { RouteDeclarations } from './route-declarations';

@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [RbacController],
  providers: [
    MembershipReader,
    GrantsReader,
    AcceptInvitation,
    RouteDeclarations,
    MetadataScanner,
    { provide: APP_GUARD, useClass: PermissionGuard },
  ],
  exports: [MembershipReader, GrantsReader, AcceptInvitation],
})
export class RbacModule {}
