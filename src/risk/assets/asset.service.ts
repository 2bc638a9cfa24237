import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { currentReach, isWithin } from '../../context/rights';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { assertVersion, type ExpectedVersion } from '../../http/conditional';
import { GrantsReader } from '../../rbac/grants.reader';
import { Permission } from '../../rbac/permission';
import { OutOfReach } from '../../rbac/rbac.errors';
import { LargeChanges } from '../large-changes';
import { countInReach, ownerWithin } from '../risk-reach';
import { resolveReferences } from '../risk-references';
import { RiskTags } from '../risk.cache';
import { heldThresholds } from '../settings/settings-lock';
import { AssetTags, tagsOfChange } from './asset.cache';
import type { AssetResponse, CreateAsset, UpdateAsset } from './asset.dto';
import { AssetInUse } from './asset.errors';
import { lockAsset } from './asset.reader';
import { lockRisksOfAsset, rescoreRisks, risksOfAsset } from './rescore';

const changeable = ['name', 'type', 'criticality', 'ownerId', 'source'] as const satisfies (keyof UpdateAsset)[];

/** Changes of assets, and what follows from them for the risks that name them, each in one transaction. */
@Injectable()
export class AssetService {
  constructor(
    private readonly database: Database,
    private readonly grants: GrantsReader,
    private readonly audit: AuditLog,
    private readonly largeChanges: LargeChanges,
  ) {}

  /** @throws UnprocessableBody 422 for an owner who is no member; OutOfReach 403 for one beyond the caller's reach */
  @CacheEvict({ tags: [AssetTags.lists] })
  create({ name, type, criticality = 'MEDIUM', source = 'MANUAL', ...request }: CreateAsset): Promise<AssetResponse> {
    const id = newId();
    return this.database.transaction(async (tx) => {
      const reach = currentReach(Permission.AssetCreate);
      const ownerId = request.ownerId === undefined ? ownerWithin(reach) : request.ownerId;
      await resolveReferences(tx, { ownerId });
      if (!isWithin(reach, [ownerId])) throw new OutOfReach(Permission.AssetCreate);
      await tx.query(
        `INSERT INTO assets (tenant_id, id, name, type, criticality, owner_id, source) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [tx.tenantId, id, name, type, criticality, ownerId, source],
      );
      await this.record(tx, 'asset.create', id, { name, type, criticality });
      return lockAsset(tx, id);
    });
  }

  /**
   * A new criticality scores all risks that name the asset anew.
   *
   * @throws NotFound 404, Forbidden 403, StaleVersion 412, UnprocessableBody 422 for an owner who is no member;
   *   Unavailable 503 when too many large changes wait
   */
  @CacheEvict({ tags: tagsOfChange })
  update(id: string, expected: ExpectedVersion, change: UpdateAsset): Promise<AssetResponse> {
    const work = (): Promise<AssetResponse> =>
      this.database.transaction((tx) => this.carryOut(tx, id, expected, change));
    return change.criticality === undefined ? work() : this.largeChanges.run(work);
  }

  /** @throws NotFound 404, Forbidden 403, StaleVersion 412, AssetInUse 409 unless it may be detached */
  @CacheEvict({ tags: [AssetTags.lists, AssetTags.one, RiskTags.all, RiskTags.each] })
  remove(id: string, expected: ExpectedVersion, detach: boolean): Promise<void> {
    return this.largeChanges.run(() =>
      this.database.transaction(async (tx) => {
        const thresholds = await heldThresholds(tx);
        if (detach) await lockRisksOfAsset(tx, id);
        const asset = await this.lock(tx, id, Permission.AssetDelete);
        assertVersion(expected, asset.version);
        const riskIds = await risksOfAsset(tx, id);
        if (riskIds.length > 0 && !detach) throw new AssetInUse(await countInReach(tx, riskIds));
        await tx.query('DELETE FROM assets WHERE tenant_id = $1 AND id = $2', [tx.tenantId, id]);
        await rescoreRisks(tx, riskIds, thresholds, `The asset ${asset.name} was deleted`);
        await this.record(tx, 'asset.delete', id, { name: asset.name, riskCount: riskIds.length });
      }),
    );
  }

  private async carryOut(
    tx: Transaction,
    id: string,
    expected: ExpectedVersion,
    change: UpdateAsset,
  ): Promise<AssetResponse> {
    const thresholds = await heldThresholds(tx);
    if (change.criticality !== undefined) await lockRisksOfAsset(tx, id);
    const before = await this.lock(tx, id, Permission.AssetUpdate);
    assertVersion(expected, before.version);
    await resolveReferences(tx, change);
    const changes = changeable.flatMap((field) => {
      const after = change[field];
      return after === undefined || after === before[field] ? [] : [{ field, before: before[field], after }];
    });
    if (changes.length === 0) return before;
    const { name, type, criticality, ownerId, source } = { ...before, ...definedIn(change) };
    // Else somebody whose permission ends at what they own could make assets that are not theirs, by giving them away.
    if (!isWithin(currentReach(Permission.AssetUpdate), [ownerId])) throw new OutOfReach(Permission.AssetUpdate);
    await tx.query(
      `UPDATE assets SET name = $3, type = $4, criticality = $5, owner_id = $6, source = $7, version = version + 1,
              updated_at = statement_timestamp()
        WHERE tenant_id = $1 AND id = $2`,
      [tx.tenantId, id, name, type, criticality, ownerId, source],
    );
    const riskIds = criticality === before.criticality ? [] : await risksOfAsset(tx, id);
    const comment = `The criticality of ${name} changed from ${before.criticality} to ${criticality}`;
    await rescoreRisks(tx, riskIds, thresholds, comment);
    await this.record(tx, 'asset.update', id, { name, changes, rescoredRisks: riskIds.length });
    return lockAsset(tx, id);
  }

  /** @throws NotFound 404, OutOfReach 403 */
  private async lock(tx: Transaction, id: string, permission: Permission): Promise<AssetResponse> {
    const asset = await lockAsset(tx, id);
    const responsible = [asset.ownerId];
    this.grants.assertReaches(permission, { kind: 'asset', seen: Permission.AssetRead, responsible });
    return asset;
  }

  private record(tx: Transaction, action: string, resourceId: string, details: Record<string, unknown>): Promise<void> {
    return this.audit.record(tx, { action, resource: 'asset', resourceId, details });
  }
}

/** Fields that a request left out must not overwrite anything. */
function definedIn(change: UpdateAsset): Partial<AssetResponse> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
