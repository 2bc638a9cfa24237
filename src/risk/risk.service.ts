import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { CacheEvict } from '../cache/cache-evict.decorator';
import { CachePut, type CachePutOptions } from '../cache/cache-put.decorator';
import { tagsAmong } from '../cache/tag-list';
import { currentReach, isWithin } from '../context/rights';
import { Database } from '../database/database';
import type { ExpectedVersion } from '../http/conditional';
import { Permission } from '../rbac/permission';
import type { TransitionRequest } from './lifecycle/lifecycle.dto';
import { RiskChanges } from './risk-changes';
import { responsibleFor } from './risk-reach';
import { changedRisks, RiskTags } from './risk.cache';
import type { CreateRisk, RiskResponse, UpdateRisk } from './risk.dto';

/** What these changes answer is what RiskReader.get would. */
const asRead = {
  cache: 'risk',
  key: (id: string) => ['id', id, 'state'],
  reach: [Permission.RiskRead],
  // Who may add or change more than they may see is told once, and finds nothing when they ask again.
  unless: (risk: RiskResponse) => !isWithin(currentReach(Permission.RiskRead), responsibleFor(risk)),
} as const satisfies CachePutOptions<[string], RiskResponse>;

/** Changes of single risks, each in a transaction of its own, with its history. */
@Injectable()
export class RiskService {
  constructor(
    private readonly database: Database,
    private readonly changes: RiskChanges,
  ) {}

  /** @throws UnprocessableBody 422 for unknown members or assets, DuplicateExternalId 409 */
  create(request: CreateRisk): Promise<RiskResponse> {
    return this.createAs(newId(), request);
  }

  /** @throws NotFound 404, StaleVersion 412, UnprocessableBody 422, DuplicateExternalId 409 */
  @CachePut<[string, ExpectedVersion, UpdateRisk], RiskResponse>({ ...asRead, evicts: { tags: changedRisks } })
  update(id: string, expected: ExpectedVersion, change: UpdateRisk): Promise<RiskResponse> {
    return this.database.transaction((tx) => this.changes.update(tx, id, expected, change));
  }

  /** @throws NotFound 404, Forbidden 403 when the permission does not reach this risk, StaleVersion 412 */
  @CacheEvict({ tags: [RiskTags.one, RiskTags.all] })
  remove(id: string, expected: ExpectedVersion): Promise<void> {
    return this.database.transaction((tx) => this.changes.remove(tx, id, expected));
  }

  /** @throws NotFound 404, Forbidden 403 when the permission does not reach this risk, NotDeleted 409 */
  @CachePut<[string], RiskResponse>({ ...asRead, evicts: { tags: [RiskTags.one, RiskTags.all] } })
  restore(id: string): Promise<RiskResponse> {
    return this.database.transaction((tx) => this.changes.restore(tx, id));
  }

  /** @throws NotFound 404, StaleVersion 412, IllegalTransition 409 with the moves that are allowed */
  @CachePut<[string], RiskResponse>({ ...asRead, evicts: { tags: [RiskTags.one, RiskTags.counted] } })
  transition(id: string, expected: ExpectedVersion, request: TransitionRequest): Promise<RiskResponse> {
    return this.database.transaction((tx) => this.changes.transition(tx, id, expected, request));
  }

  /** Of a MITIGATED risk, locked by the transaction that the caller has opened and in which it now has an open mitigation. */
  @CacheEvict({
    tags: tagsAmong([RiskTags.one, RiskTags.counted], ({ id }: RiskResponse) => [RiskTags.one(id), RiskTags.counted]),
  })
  resumeTreatment(risk: RiskResponse): Promise<void> {
    return this.database.transaction((tx) => this.changes.resumeTreatment(tx, risk));
  }

  @CachePut<[string], RiskResponse>({ ...asRead, evicts: { tags: [RiskTags.all] } })
  protected createAs(id: string, request: CreateRisk): Promise<RiskResponse> {
    return this.database.transaction((tx) => this.changes.create(tx, request, id));
  }
}
