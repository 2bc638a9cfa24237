import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { Permission } from './permission';
import type { TenantStatus } from './principal';

export const REQUIRED_PERMISSIONS = Symbol('required permissions');

/** The caller needs every one of these permissions. */
export function Requires(...permissions: [Permission, ...Permission[]]): MethodDecorator {
  return applyDecorators(
    SetMetadata(REQUIRED_PERMISSIONS, permissions),
    ApiBearerAuth(),
    ApiExtension('x-required-permission', permissions.join(' ')),
  );
}

/** Any member of the tenant may call this: it tells them about themselves or about what everybody may know. */
export function AnyMember(): MethodDecorator {
  return applyDecorators(SetMetadata(REQUIRED_PERMISSIONS, []), ApiBearerAuth());
}

export const TOLERATED_TENANTS = Symbol('tolerated tenants');

/** The route also answers while the tenant is suspended, or deleted and still to be restored. */
export function EvenWhile(...statuses: [TenantStatus, ...TenantStatus[]]): MethodDecorator {
  return SetMetadata(TOLERATED_TENANTS, statuses);
}
