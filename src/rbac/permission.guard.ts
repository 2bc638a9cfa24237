import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { PUBLIC } from '../http/public.decorator';
import { MembershipReader } from './membership.reader';
import type { Permission } from './permission';
import { Forbidden } from './rbac.errors';
import { REQUIRED_PERMISSIONS } from './requires.decorator';
import { grantsOf } from './role-matrix';

/** Lets through who is a member now and holds, now, every permission that the route names. Runs after authentication. */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly memberships: MembershipReader,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const handler = context.getHandler();
    if (this.reflector.get<boolean | undefined>(PUBLIC, handler)) return true;
    const grants = grantsOf((await this.memberships.current()).roleKey);
    // The boot has made sure that every other route names its permissions.
    const required = this.reflector.get<Permission[]>(REQUIRED_PERMISSIONS, handler);
    for (const permission of required) {
      if (!grants.has(permission)) throw new Forbidden(permission);
    }
    return true;
  }
}
