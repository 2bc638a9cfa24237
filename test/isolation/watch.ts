import { canaryOf } from '../support/canaries';
import type { TestTenant } from '../support/test-app';

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Knows what belongs to which of two tenants, and finds in a text what should not be there. */
export class Watch {
  private readonly owners = new Map<string, TestTenant>();
  private readonly asked = new Map<TestTenant, Set<string>>();

  constructor(private readonly tenants: readonly [TestTenant, TestTenant]) {
    for (const tenant of tenants) this.owners.set(tenant.id, tenant);
  }

  /** An id that no other tenant has. */
  learn(id: string, owner: TestTenant): void {
    this.owners.set(id, owner);
  }

  ownerOf(id: string): TestTenant | undefined {
    return this.owners.get(id);
  }

  other(tenant: TestTenant): TestTenant {
    return this.tenants[0] === tenant ? this.tenants[1] : this.tenants[0];
  }

  /** The canary and the ids of the other tenant that a text for this one holds. */
  foreignIn(text: string, tenant: TestTenant): string[] {
    const canary = canaryOf(this.other(tenant));
    const found = text.includes(canary) ? [canary] : [];
    for (const [id] of text.matchAll(ID)) {
      const owner = this.owners.get(id);
      if (owner !== undefined && owner !== tenant) found.push(id);
    }
    return found;
  }

  /** Notes what somebody of the tenant names in a request. @returns what of it is the other's */
  note(request: string, tenant: TestTenant): readonly string[] {
    const named = this.foreignIn(request, tenant);
    for (const secret of named) {
      if (this.owners.has(secret)) this.asked.set(tenant, this.asked.get(tenant)?.add(secret) ?? new Set([secret]));
    }
    return named;
  }

  /** Whether it is an id of the other tenant that somebody of this one has named in a request, then or before. */
  wasAsked(id: string, tenant: TestTenant): boolean {
    return this.asked.get(tenant)?.has(id) === true;
  }

  /** What is in a line of the log that is none of the business of the tenant it is about. @returns the line, cut off */
  leakInLogLine(line: string): string | undefined {
    const tenant = this.tenants.find(({ id }) => line.includes(`"tenantId":"${id}"`));
    const leaks = tenant
      ? this.foreignIn(line, tenant).some((secret) => !this.wasAsked(secret, tenant))
      : this.isAboutAnybody(line);
    return leaks ? line.slice(0, 300) : undefined;
  }

  /** Metrics are of no tenant: nothing in them may be anybody's. */
  leakInMetric(line: string): string | undefined {
    return this.isAboutAnybody(line) ? line.slice(0, 300) : undefined;
  }

  private isAboutAnybody(text: string): boolean {
    return this.tenants.some((tenant) => this.foreignIn(text, this.other(tenant)).length > 0);
  }
}
