import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { addRisk } from '../factories/risk';
import { openSession } from '../support/open-session';
import type { PathIds } from '../support/operations';
import type { TestApp, TestTenant } from '../support/test-app';
import type { NamedCaller } from './callers';
import type { Whose } from './expectation';
import type { Given } from './requests';
import type { ObjectName } from './routes';

const ownable: readonly Whose[] = ['own', 'team-mate', 'colleague', 'other-tenant', 'missing'];
const personal: readonly Whose[] = ['own', 'colleague', 'other-tenant', 'missing'];
/** Of nobody: there it is, or not. */
const common: readonly Whose[] = ['colleague', 'other-tenant', 'missing'];

/** Whose there are of each. */
export const kinds: Readonly<Record<ObjectName, readonly Whose[]>> = {
  risk: ownable,
  'deleted-risk': ownable,
  mitigation: ownable,
  'risk-comment': ownable,
  job: personal,
  asset: ownable,
  'custom-field': common,
  'risk-to-accept': ownable,
  'accepted-risk': ownable,
  'audit-entry': ownable,
  member: personal,
  session: personal,
  'api-token': personal,
  role: common,
  team: common,
  'team-member': common,
  invitation: common,
  app: common,
  'sync-run': common,
  delivery: common,
  tenant: ['own', 'other-tenant', 'missing'],
};

/** Makes the things that paths name, for one caller after the other. */
export class Objects {
  private readonly made = new Map<string, PathIds>();

  constructor(
    private readonly app: TestApp,
    private readonly sql: Pool,
  ) {}

  /** What requests of the caller name, in the caller's own tenant. */
  async given(caller: NamedCaller): Promise<Given> {
    const { tenant } = caller;
    const ownerId = tenant === this.app.acme ? caller.userId : tenant.userIds.admin;
    const { id: riskId } = await addRisk(this.app.as('admin', tenant), { ownerId });
    return { caller, emptyRoleId: await this.emptyRole(tenant), memberId: tenant.userIds.viewer, riskId };
  }

  /** Used again until it is {@link forget spent}. */
  async find(object: ObjectName, whose: Whose, caller: NamedCaller): Promise<PathIds> {
    const key = `${object} ${whose} ${caller.name}`;
    const known = this.made.get(key);
    if (known) return known;
    const ids = await this.make(object, whose, caller);
    this.made.set(key, ids);
    return ids;
  }

  forget(object: ObjectName, whose: Whose, caller: NamedCaller): void {
    this.made.delete(`${object} ${whose} ${caller.name}`);
  }

  private async make(object: ObjectName, whose: Whose, caller: NamedCaller): Promise<PathIds> {
    if (whose === 'missing')
      return {
        ...{ id: randomUUID(), sid: randomUUID(), userId: randomUUID(), commentId: randomUUID() },
        ...{ runId: randomUUID(), deliveryId: randomUUID() },
        permission: 'risk:read',
      };
    // To a stranger everything of ours is of another tenant.
    const isTheirs = whose === 'other-tenant' && caller.tenant === this.app.acme;
    const tenant = isTheirs ? this.app.globex : this.app.acme;
    const owners: Readonly<Record<Whose, string>> = {
      own: caller.userId,
      'team-mate': caller.mateId,
      colleague: this.app.acme.userIds.analyst,
      'other-tenant': tenant.userIds.analyst,
      missing: '',
    };
    return { permission: 'risk:read', ...(await this.makeIn(object, tenant, owners[whose], whose, caller.userId)) };
  }

  private async makeIn(
    object: ObjectName,
    tenant: TestTenant,
    ownerId: string,
    whose: Whose,
    callerId: string,
  ): Promise<PathIds> {
    const [id, runId] = [randomUUID(), randomUUID()];
    const secret = { secret_hash: randomBytes(32), expires_at: new Date(Date.now() + 3_600_000) };
    switch (object) {
      case 'risk':
      case 'deleted-risk': {
        const admin = this.app.as('admin', tenant);
        const risk = await addRisk(admin, { ownerId });
        if (object === 'deleted-risk') await admin.delete(`/api/v1/risks/${risk.id}`, { 'if-match': '"v1"' });
        return { id: risk.id };
      }
      case 'mitigation': {
        const risk = await addRisk(this.app.as('admin', tenant), { ownerId });
        const sid = randomUUID();
        await this.insert(tenant, 'mitigations', { id, risk_id: risk.id, title: id });
        await this.insert(tenant, 'mitigation_sub_actions', { id: sid, mitigation_id: id, title: sid });
        return { id, sid };
      }
      case 'risk-comment': {
        // Their own, on a risk of whoever: what reaches it is decided by the risk.
        const { id: riskId } = await addRisk(this.app.as('admin', tenant), { ownerId });
        await this.insert(tenant, 'risk_comments', { id, risk_id: riskId, author_id: callerId, text: 'said' });
        return { id: riskId, commentId: id };
      }
      case 'job':
        await this.insert(tenant, 'background_jobs', { id, kind: 'risk.import', created_by: ownerId });
        await this.insert(tenant, 'job_files', { job_id: id, kind: 'RESULT', part: 0, bytes: Buffer.from('row') });
        return { id };
      case 'asset':
        await this.insert(tenant, 'assets', { id, name: id, type: 'Server', owner_id: ownerId });
        return { id };
      case 'custom-field':
        await this.insert(tenant, 'custom_fields', { id, key: `f${id}`, label: id, type: 'text' });
        return { id };
      case 'risk-to-accept':
      case 'accepted-risk':
        return { id: await this.riskToAccept(tenant, ownerId, object === 'accepted-risk') };
      case 'audit-entry':
        await this.insert(tenant, 'audit_log', {
          id,
          actor_id: ownerId,
          action: 'a',
          resource: 'r',
          outcome: 'SUCCESS',
        });
        return { id };
      case 'session':
        return { id: await openSession(this.app.app, tenant.id, ownerId) };
      case 'api-token':
        await this.insert(tenant, 'api_tokens', { id, user_id: ownerId, name: 'test', ...secret });
        return { id };
      case 'member':
        return { id: whose === 'own' ? ownerId : await this.member(tenant) };
      case 'role':
        await this.insert(tenant, 'roles', { id, name: id, level: 0, permissions: ['risk:read:tenant'] });
        return { id };
      case 'team':
        await this.insert(tenant, 'teams', { id, name: id });
        return { id };
      case 'team-member': {
        const userId = await this.member(tenant);
        await this.insert(tenant, 'teams', { id, name: id });
        await this.insert(tenant, 'team_members', { team_id: id, user_id: userId });
        return { id, userId };
      }
      case 'invitation': {
        const row = { id, email: `${id}@example.test`, role_id: await this.emptyRole(tenant), ...secret };
        await this.insert(tenant, 'invitations', row);
        return { id };
      }
      // One live app of each connector: this is of one of its own, which the installation no longer has.
      case 'app':
      case 'sync-run':
        await this.insert(tenant, 'apps', {
          ...{ id, connector_id: id, connector: 'gone', name: id, status: 'INSTALLED', configuration: {} },
        });
        if (object === 'sync-run') {
          const run = { id: runId, app_id: id, job_id: randomUUID(), started_by: 'SCHEDULE', status: 'SUCCEEDED' };
          await this.insert(tenant, 'sync_runs', run);
        }
        return { id, runId };
      case 'delivery': {
        await this.insert(tenant, 'apps', {
          ...{ id, connector_id: id, connector: 'webhook', name: id, status: 'DISABLED', configuration: {} },
        });
        const [event_id, deliveryId] = [randomUUID(), randomUUID()];
        await this.insert(tenant, 'outbox_subscribers', { id, active: false });
        await this.insert(tenant, 'outbox_events', { id: event_id, type: 'risk.created', subject_id: id, data: {} });
        await this.insert(tenant, 'outbox_deliveries', {
          ...{ id: deliveryId, subscriber_id: id, event_id, subject_id: id, position: 1, status: 'DELIVERED' },
        });
        return { id, deliveryId };
      }
      case 'tenant':
        return { id: tenant.id };
    }
  }

  /** Requested by none of the callers. */
  private async riskToAccept(tenant: TestTenant, ownerId: string, isApproved: boolean): Promise<string> {
    const { id } = await addRisk(this.app.as('admin', tenant), { ownerId });
    const path = `/api/v1/risks/${id}/acceptance`;
    const request = { justification: 'test', validUntil: '2099-12-31' };
    await this.app.as('admin', tenant).post(path, request, { 'if-match': '*' });
    if (isApproved) await this.app.as('manager', tenant).post(`${path}/approve`, {}, { 'if-match': '*' });
    return id;
  }

  /** A role that grants nothing: whoever may assign roles may assign it. */
  private async emptyRole(tenant: TestTenant): Promise<string> {
    const id = randomUUID();
    await this.insert(tenant, 'roles', { id, name: id, level: 0, permissions: [] });
    return id;
  }

  private async member(tenant: TestTenant): Promise<string> {
    const id = randomUUID();
    await this.sql.query(`INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, 'Object', 'none')`, [
      id,
      `${id}@example.test`,
    ]);
    await this.insert(tenant, 'memberships', { user_id: id, role_id: await this.emptyRole(tenant) });
    return id;
  }

  private async insert(tenant: TestTenant, table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
    const names = ['tenant_id', ...Object.keys(row)];
    const places = names.map((_, index) => `$${index + 1}`).join(', ');
    await this.sql.query(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`, [
      tenant.id,
      ...Object.values(row),
    ]);
  }
}
