import { currentReach } from '../context/rights';
import { bindings } from '../database/bindings';
import type { Transaction } from '../database/session';
import type { FieldProblem } from '../errors/domain-error';
import { UnprocessableBody } from '../errors/http.errors';
import { Permission } from '../rbac/permission';
import type { RiskAssetResponse, UpdateRisk } from './risk.dto';

/**
 * Looks up what a request refers to.
 *
 * @param named the assets that the risk has already: they stay, also those that the caller may not see
 * @returns the assets that it names; undefined when it says nothing about assets
 * @throws UnprocessableBody 422 naming each member that the tenant does not have, and each asset that it does not have
 *   or that the caller may not see
 */
export async function resolveReferences(
  tx: Transaction,
  { ownerId, assigneeId, assetIds }: Pick<UpdateRisk, 'ownerId' | 'assigneeId' | 'assetIds'>,
  named: readonly RiskAssetResponse[] = [],
): Promise<RiskAssetResponse[] | undefined> {
  const people = [ownerId, assigneeId].filter((id) => typeof id === 'string');
  const [members, assets] = await Promise.all([existingMembers(tx, people), lockAssets(tx, assetIds ?? [], named)]);
  const known = new Set(assets.map(({ id }) => id));
  const problems = [
    ...unknownMember('/ownerId', ownerId, members),
    ...unknownMember('/assigneeId', assigneeId, members),
    ...(assetIds ?? []).flatMap((id, index) => (known.has(id) ? [] : [problem(`/assetIds/${index}`, 'asset')])),
  ];
  if (problems.length > 0)
    throw new UnprocessableBody('The request refers to something that does not exist.', problems);
  return assetIds && assets;
}

/** Those there are for the caller, by name, their criticality kept as it is until the end of the transaction. */
async function lockAssets(
  tx: Transaction,
  ids: readonly string[],
  named: readonly RiskAssetResponse[],
): Promise<RiskAssetResponse[]> {
  if (ids.length === 0) return [];
  const { parameters, bind } = bindings(tx.tenantId, ids);
  const reach = currentReach(Permission.AssetRead);
  const known = (): string[] => named.map(({ id }) => id);
  const isThere =
    reach === 'tenant' ? 'TRUE' : `(owner_id = ANY (${bind(reach)}::uuid[]) OR id = ANY (${bind(known())}::uuid[]))`;
  return tx.query<RiskAssetResponse>(
    `SELECT id, name, criticality FROM assets
      WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) AND ${isThere} ORDER BY name, id FOR SHARE`,
    parameters,
  );
}

async function existingMembers(tx: Transaction, userIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (userIds.length === 0) return new Set();
  const rows = await tx.query<{ id: string }>(
    'SELECT user_id AS id FROM memberships WHERE tenant_id = $1 AND user_id = ANY ($2::uuid[])',
    [tx.tenantId, userIds],
  );
  return new Set(rows.map(({ id }) => id));
}

function unknownMember(pointer: string, id: string | null | undefined, members: ReadonlySet<string>): FieldProblem[] {
  return typeof id !== 'string' || members.has(id) ? [] : [problem(pointer, 'member')];
}

function problem(pointer: string, kind: 'asset' | 'member'): FieldProblem {
  return {
    pointer,
    code: `unknown-${kind}`,
    message: `is not the id of ${kind === 'asset' ? 'an asset' : 'a member'} of this tenant`,
  };
}
