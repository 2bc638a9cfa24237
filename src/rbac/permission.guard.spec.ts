import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { runInContext } from '../context/request-context';
import { Unauthenticated } from '../errors/http.errors';
import { Public } from '../http/public.decorator';
import { Permission } from './permission';
import { PermissionGuard } from './permission.guard';
import type { Principal } from './principal';
import type { PrincipalReader } from './principal.reader';
import { AnyMember, Requires } from './requires.decorator';

class Routes {
  @Public()
  everybody(): void {
    throw new Error('not called here');
  }

  @AnyMember()
  members(): void {
    throw new Error('not called here');
  }

  @Requires(Permission.RiskRead)
  readers(): void {
    throw new Error('not called here');
  }

  @Requires(Permission.RiskRead, Permission.RiskCreate)
  writers(): void {
    throw new Error('not called here');
  }

  undeclared(): void {
    throw new Error('not called here');
  }
}

/** @param roleKey undefined for somebody who is no member any more */
async function decide(route: keyof Routes, roleKey: string | null | undefined): Promise<string> {
  let asked = 0;
  const principal = { tenant: { status: 'ACTIVE' }, role: { key: roleKey, permissions: null }, teamMateIds: [] };
  const principals = {
    current: () => {
      asked++;
      return roleKey === undefined
        ? Promise.reject(new Unauthenticated())
        : Promise.resolve(principal as unknown as Principal);
    },
  } as unknown as PrincipalReader;
  const context = { getHandler: () => Object.getOwnPropertyDescriptor(Routes.prototype, route)?.value as unknown };
  try {
    const passes = await runInContext({ requestId: 'test' }, () =>
      new PermissionGuard(new Reflector(), principals).canActivate(context as ExecutionContext),
    );
    return `${passes} after ${asked}`;
  } catch (error) {
    const { status, extensions } = error as { status?: number; extensions?: { permission?: string } };
    return [status ?? String(error), extensions?.permission].filter(Boolean).join(' ');
  }
}

describe('the permission guard', () => {
  it.each<[keyof Routes, string | null | undefined, string]>([
    ['everybody', undefined, 'true after 0'],
    ['members', null, 'true after 1'],
    ['members', undefined, '401'],
    ['readers', 'viewer', 'true after 1'],
    ['readers', null, '403 risk:read'],
    ['readers', 'Viewer', '403 risk:read'],
    ['readers', undefined, '401'],
    ['writers', 'viewer', '403 risk:create'],
    ['writers', null, '403 risk:read'],
    ['writers', 'analyst', 'true after 1'],
  ])('decides on %s for the role %s: %s', async (route, roleKey, decision) => {
    expect(await decide(route, roleKey)).toBe(decision);
  });

  it('lets nobody pass where nothing was declared', async () => {
    expect(await decide('undeclared', 'admin')).not.toContain('true');
  });
});
