import { randomBytes } from 'node:crypto';
import type { Transaction } from '../../database/session';
import { EXAMPLE_ADMIN_ID, EXAMPLE_ID } from '../../http/example-id';
import { Permission } from '../../rbac/permission';
import type { Random } from './random';
import { insertRows } from './insert-rows';

/** By the local part of the e-mail address. The second team is led by a manager, who may delete what is theirs. */
const teams = [
  {
    id: EXAMPLE_ID,
    name: 'Infrastructure',
    description: 'Runs servers, networks and cloud accounts.',
    members: ['jonas.weber', 'marta.kowalska', 'daniel.kim', 'tomas.svoboda'],
  },
  {
    name: 'Application security',
    description: 'Looks after the web shop, the portal and their suppliers.',
    members: ['grace.okafor', 'priya.nair', 'lea.moreau'],
  },
];

const reviewer = {
  id: EXAMPLE_ID,
  name: 'Risk reviewer',
  description: 'Reads the register, and changes what belongs to the own team.',
  level: 0,
  permissions: [
    `${Permission.RiskRead}:tenant`,
    `${Permission.RiskUpdate}:team`,
    `${Permission.DashboardRead}:tenant`,
    `${Permission.TenantRead}:tenant`,
  ],
};

/** Two teams, a role of the tenant's own and an open invitation, whose token nobody has. */
export async function insertAccess(
  tx: Transaction,
  random: Random,
  createdAt: Date,
  userIds: ReadonlyMap<string, string>,
): Promise<void> {
  const dated = { createdAt, updatedAt: createdAt, version: 1 };
  const rows = teams.map((team) => ({ id: random.uuid(createdAt), ...team }));
  await insertRows(tx, 'roles', [{ ...reviewer, ...dated }]);
  await insertRows(
    tx,
    'teams',
    rows.map(({ id, name, description }) => ({ id, name, description, ...dated })),
  );
  const memberships = rows.flatMap(({ id, members }) =>
    members.map((local) => ({ teamId: id, userId: userIds.get(`${local}@demo.openrisk.local`), createdAt })),
  );
  await insertRows(tx, 'team_members', memberships);
  await tx.query(
    `INSERT INTO invitations (tenant_id, id, email, role_id, invited_by, secret_hash, expires_at)
     SELECT $1, $2, 'auditor@example.com', id, $3, $4, now() + interval '30 days'
       FROM roles WHERE tenant_id = $1 AND key = 'viewer'`,
    [tx.tenantId, EXAMPLE_ID, EXAMPLE_ADMIN_ID, randomBytes(32)],
  );
}
