import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { runInContext } from '../context/request-context';
import { Counter } from 'prom-client';
import { Unauthenticated } from '../errors/http.errors';
import { Public } from '../http/public.decorator';
import { allPermissions, Permission } from './permission';
import type { RequestLimits } from '../rate-limit/request-limits';
import { PermissionGuard } from './permission.guard';
import type { Principal } from './principal';
import type { PrincipalReader } from './principal.reader';
import { AuthorizationMetrics } from './rbac.metrics';
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

const decisions = new Counter({
  ...{ name: 'decisions', help: 'In this test.', registers: [] },
  labelNames: ['resource', 'action', 'outcome'],
});
const metrics = new AuthorizationMetrics(decisions);
const limits = { admitActor: () => undefined } as unknown as RequestLimits;

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
    const actor = { userId: 'user', tenantId: 'tenant' };
    const passes = await runInContext({ requestId: 'test', actor }, () =>
      new PermissionGuard(new Reflector(), principals, limits, metrics).canActivate(context as ExecutionContext),
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

  it('counts every decision under its permission, in a series that was there before', async () => {
    decisions.reset();
    const counted = new AuthorizationMetrics(decisions);
    const { values } = await decisions.get();
    expect(values).toHaveLength(3 * allPermissions.length);
    expect(new Set(values.map(({ value }) => value))).toEqual(new Set([0]));
    await decide('writers', 'viewer');
    counted.decided(Permission.RiskDelete, 'out-of-reach');
    const changed = (await decisions.get()).values.filter(({ value }) => value > 0);
    expect(changed.map(({ labels }) => Object.values(labels).join(' '))).toEqual([
      ...['risk read allowed', 'risk create denied', 'risk delete out-of-reach'],
    ]);
  });

  it('lets nobody pass where nothing was declared', async () => {
    expect(await decide('undeclared', 'admin')).not.toContain('true');
  });
});
