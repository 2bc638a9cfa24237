import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule, MetadataScanner } from '@nestjs/core';
import { GrantsReader } from './grants.reader';
import { AcceptInvitation } from './invitations/accept-invitation';
import { PermissionGuard } from './permission.guard';
import { PrincipalReader } from './principal.reader';
import { RbacController } from './rbac.controller';
import { RouteDeclarations } from './route-declarations';

@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [RbacController],
  providers: [
    PrincipalReader,
    GrantsReader,
    AcceptInvitation,
    RouteDeclarations,
    MetadataScanner,
    { provide: APP_GUARD, useClass: PermissionGuard },
  ],
  exports: [PrincipalReader, GrantsReader, AcceptInvitation],
})
export class RbacModule {}
