import type { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { EXAMPLE_ID, EXAMPLE_TENANT_ID } from '../../http/example-id';
import type { RoleKey } from '../../rbac/role-matrix';
import { createTenant } from '../../rbac/tenants/create-tenant';
import { insertAccess } from './demo-access';
import { demoAssets } from './demo-assets';
import { insertExtras } from './demo-extras';
import { demoPeople } from './demo-people';
import { demoRegister, type DemoAsset } from './demo-register';
import { historyRows, riskRow } from './demo-rows';
import { insertRows } from './insert-rows';
import { Random } from './random';
import type { Staff } from './risk-life';

export const DEMO_TENANT_ID = EXAMPLE_TENANT_ID;

/** Any number, as long as it is always the same: instances that start together take turns. */
const DEMO_LOCK = 7_203_114_003;
const HISTORY_MS = 548 * 86_400_000;

export interface DemoOptions {
  /** Of the password that all demo accounts share. */
  readonly passwordHash: string;
  /** YYYY-MM-DD, in UTC; everything in the demo has happened before it. */
  readonly today: string;
  /** Another number makes another register. */
  readonly seed?: number;
}

/**
 * Makes the tenant `demo` with 600 risks and the 18 months that led to them, unless it exists. The same seed and day
 * give the same register.
 *
 * @returns whether it was made now
 */
export function createDemoTenant(database: Database, options: DemoOptions): Promise<boolean> {
  const scope = { tenantId: DEMO_TENANT_ID };
  return database.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [DEMO_LOCK]);
    const existing = await tx.query('SELECT 1 FROM tenants WHERE id = $1', [tx.tenantId]);
    if (existing.length > 0) return false;
    await fill(database, tx, options);
    return true;
  }, scope);
}

/** So that the password that a start prints is the one that opens the demo, whatever an earlier start said. */
export function setDemoPassword(database: Database, passwordHash: string): Promise<unknown> {
  const emails = demoPeople.map(({ email }) => email);
  return database.transaction(
    (tx) => tx.query('UPDATE users SET password_hash = $1 WHERE lower(email) = ANY ($2)', [passwordHash, emails]),
    { tenantId: DEMO_TENANT_ID },
  );
}

async function fill(
  database: Database,
  tx: Transaction,
  { passwordHash, today, seed = 1 }: DemoOptions,
): Promise<void> {
  const random = new Random(seed);
  const midnight = Date.parse(today);
  const createdAt = new Date(midnight - HISTORY_MS);
  const { staff, userIds } = await hire(database, random, createdAt, passwordHash);
  const assets = await insertAssets(tx, random, createdAt, staff.owners);
  const { risks, mitigations, subActions, acceptances } = demoRegister(random, assets, staff, midnight);
  const links = risks.flatMap(([{ snapshot }]) =>
    snapshot.assets.map(({ id }) => ({ riskId: snapshot.id, assetId: id })),
  );
  await insertRows(tx, 'risks', risks.map(riskRow));
  await insertRows(tx, 'risk_assets', links);
  await insertRows(tx, 'mitigations', mitigations);
  await insertRows(tx, 'mitigation_sub_actions', subActions);
  await insertRows(tx, 'risk_acceptances', acceptances);
  await insertRows(tx, 'risk_history', risks.flatMap(historyRows));
  await insertExtras(tx, createdAt);
  await insertAccess(tx, random, createdAt, userIds);
  await insertRows(tx, 'audit_log', [foundingEntry(staff.admins[0])]);
  await insertRows(tx, 'audit_unsealed', [{ entryId: EXAMPLE_ID }]);
}

/** Where the audit log of the demo begins; the id is the one of the documentation's examples. */
function foundingEntry(actorId: string | undefined) {
  const details = { name: 'Meridian Instruments (demo)' };
  const entry = { action: 'tenant.create', resource: 'tenant', resourceId: DEMO_TENANT_ID, outcome: 'SUCCESS' };
  return { id: EXAMPLE_ID, actorId, ...entry, details };
}

async function hire(
  database: Database,
  random: Random,
  createdAt: Date,
  passwordHash: string,
): Promise<{ staff: Staff; userIds: ReadonlyMap<string, string> }> {
  const [owner, ...others] = demoPeople;
  const account = <T extends object>(person: T) => ({ id: random.uuid(createdAt), ...person, passwordHash });
  const userIds = await createTenant(database, {
    id: DEMO_TENANT_ID,
    name: 'Meridian Instruments (demo)',
    slug: 'demo',
    members: [account(owner), ...others.map(account)],
    createdAt,
  });
  const idsOf = (role: RoleKey): string[] =>
    demoPeople.filter((person) => person.role === role).flatMap(({ email }) => userIds.get(email) ?? []);
  const analysts = idsOf('analyst');
  const staff = { admins: idsOf('admin'), owners: [...idsOf('manager'), ...analysts], analysts };
  return { staff, userIds };
}

/** @returns them in the order in which Postgres, whatever its collation, lists the assets of a risk */
async function insertAssets(
  tx: Transaction,
  random: Random,
  createdAt: Date,
  owners: readonly string[],
): Promise<DemoAsset[]> {
  const assets = Object.entries(demoAssets).flatMap(([type, ofType]) =>
    ofType.map(([name, criticality]) => ({ id: random.uuid(createdAt), name, type, criticality })),
  );
  const common = { createdAt, updatedAt: createdAt, source: 'MANUAL', version: 1 };
  const rows = assets.map((asset) => ({ ...common, ...asset, ownerId: random.pick(owners) }));
  await insertRows(tx, 'assets', rows);
  return tx.query<DemoAsset>('SELECT id, name, type, criticality FROM assets WHERE tenant_id = $1 ORDER BY name, id', [
    tx.tenantId,
  ]);
}
