import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { currentActor, currentContext } from '../context/request-context';
import { PUBLIC } from '../http/public.decorator';
import { RequestLimits } from '../rate-limit/request-limits';
import type { Permission } from './permission';
import { assertTenantIs, authorizationOf, type TenantStatus } from './principal';
import { PrincipalReader } from './principal.reader';
import { Forbidden } from './rbac.errors';
import { AuthorizationMetrics } from './rbac.metrics';
import { REQUIRED_PERMISSIONS, TOLERATED_TENANTS } from './requires.decorator';

/**
 * Lets through who is a member now, by a session or API token that is good now, has not asked too often, and holds every
 * permission that the route names. Runs after authentication.
 */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly principals: PrincipalReader,
    private readonly limits: RequestLimits,
    private readonly metrics: AuthorizationMetrics,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const handler = context.getHandler();
    if (this.reflector.get<boolean | undefined>(PUBLIC, handler)) return true;
    const principal = await this.principals.current();
    // Only now: a credential that is no longer good must not use up what its user and tenant may ask.
    this.limits.admitActor(currentActor());
    assertTenantIs(this.reflector.get<TenantStatus[] | undefined>(TOLERATED_TENANTS, handler) ?? [], principal);
    const authorization = authorizationOf(principal);
    currentContext().rights = authorization;
    // The boot has made sure that every other route names its permissions.
    const required = this.reflector.get<Permission[]>(REQUIRED_PERMISSIONS, handler);
    for (const permission of required) {
      const allowed = authorization.allows(permission);
      this.metrics.decided(permission, allowed ? 'allowed' : 'denied');
      if (!allowed) throw new Forbidden(permission);
    }
    return true;
  }
}
