import type { Transaction } from '../database/session';
import type { FieldProblem } from '../errors/domain-error';
import { UnprocessableBody } from '../errors/http.errors';
import { lockAssets } from './risk-record';
import type { RiskAssetResponse, UpdateRisk } from './risk.dto';

/**
 * Looks up what a request refers to.
 *
 * @returns the assets that it names; undefined when it says nothing about assets
 * @throws UnprocessableBody 422 naming each member and asset that the tenant does not have
 */
export async function resolveReferences(
  tx: Transaction,
  { ownerId, assigneeId, assetIds }: Pick<UpdateRisk, 'ownerId' | 'assigneeId' | 'assetIds'>,
): Promise<RiskAssetResponse[] | undefined> {
  const people = [ownerId, assigneeId].filter((id) => typeof id === 'string');
  const [members, assets] = await Promise.all([existingMembers(tx, people), lockAssets(tx, assetIds ?? [])]);
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
