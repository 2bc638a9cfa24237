import type { ApiClient } from './api-client';
import { customMember } from './custom-member';
import type { TestApp, TestTenant } from './test-app';

/** A member of the tenant whose role grants nothing at all. */
export async function powerlessMember(app: TestApp, tenant: TestTenant): Promise<ApiClient> {
  return (await customMember(app, tenant, [])).client;
}
