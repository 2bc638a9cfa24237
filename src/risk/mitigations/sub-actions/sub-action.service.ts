import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditLog } from '../../../audit/audit-log';
import { CacheEvict } from '../../../cache/cache-evict.decorator';
import { Database } from '../../../database/database';
import type { Transaction } from '../../../database/session';
import { NotFound } from '../../../errors/http.errors';
import { Outbox } from '../../../outbox/outbox';
import { GrantsReader } from '../../../rbac/grants.reader';
import { Permission } from '../../../rbac/permission';
import { changedMitigationFields } from '../mitigation-change';
import { mitigationEvent } from '../mitigation-event';
import { isOpen } from '../mitigation-lifecycle';
import { decisionOnMitigation } from '../mitigation-reach';
import { followSubActions, lockMitigation, readMitigation, riskIdOf } from '../mitigation-record';
import { MITIGATION_LIMITS } from '../mitigation-terms';
import { tagsOfSubActions } from '../mitigation.cache';
import { MitigationOver, TooManySubActions } from '../mitigation.errors';
import { withChanged, without, withSubAction } from './sub-action-list';
import { readSubActions, storeSubActions } from './sub-action-rows';
import type { CreateSubAction, SubActionResponse, UpdateSubAction } from './sub-action.dto';

/** What becomes of a mitigation's sub-actions, and what the audit log says of it. */
interface Revision {
  readonly list: readonly SubActionResponse[];
  readonly action: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Changes of the sub-actions of a mitigation that is open; each is a new version of the mitigation, whose progress follows.
 * All may throw NotFound 404, Forbidden 403, MitigationOver 409.
 */
@Injectable()
export class SubActionService {
  constructor(
    private readonly database: Database,
    private readonly grants: GrantsReader,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
  ) {}

  /** @throws TooManySubActions 409 */
  async create(mitigationId: string, { title, done = false, position }: CreateSubAction): Promise<SubActionResponse> {
    const id = newId();
    const list = await this.revise(mitigationId, (before) => {
      if (before.length >= MITIGATION_LIMITS.subActions) throw new TooManySubActions(MITIGATION_LIMITS.subActions);
      const after = withSubAction(before, { id, mitigationId, title, done, position: before.length }, position);
      return { list: after, action: 'mitigation.add-sub-action', details: { subActionId: id, title, done } };
    });
    return found(list, id);
  }

  /** Renames, ticks off or moves. */
  async update(mitigationId: string, id: string, change: UpdateSubAction): Promise<SubActionResponse> {
    const list = await this.revise(mitigationId, (before) => {
      const current = found(before, id);
      const after = withChanged(before, current, change);
      const action = 'mitigation.update-sub-action';
      return {
        list: after,
        action,
        details: { subActionId: id, before: told(current), after: told(found(after, id)) },
      };
    });
    return found(list, id);
  }

  async remove(mitigationId: string, id: string): Promise<void> {
    await this.revise(mitigationId, (before) => {
      const details = { subActionId: id, ...told(found(before, id)) };
      return { list: without(before, id), action: 'mitigation.delete-sub-action', details };
    });
  }

  private async revise(
    mitigationId: string,
    revision: (before: readonly SubActionResponse[]) => Revision,
  ): Promise<readonly SubActionResponse[]> {
    const riskId = await this.database.read((session) => riskIdOf(session, mitigationId));
    return this.reviseOf(riskId, mitigationId, revision);
  }

  @CacheEvict({ tags: tagsOfSubActions })
  protected reviseOf(
    riskId: string,
    mitigationId: string,
    revision: (before: readonly SubActionResponse[]) => Revision,
  ): Promise<readonly SubActionResponse[]> {
    return this.database.transaction(async (tx) => {
      const { risk, mitigation } = await lockMitigation(tx, riskId, mitigationId);
      this.grants.assertReaches(Permission.MitigationUpdate, decisionOnMitigation(risk, mitigation));
      const before = await readSubActions(tx, mitigationId);
      const { list, action, details } = revision(before);
      if (isDeepStrictEqual(before, list)) return before;
      if (!isOpen(mitigation.status)) throw new MitigationOver(mitigation.status);
      await this.store(tx, mitigationId, list);
      await this.audit.record(tx, { action, resource: 'mitigation', resourceId: mitigationId, details });
      const followed = (await readMitigation(tx, mitigationId)) ?? mitigation;
      const changedFields = ['subActions', ...changedMitigationFields(mitigation, followed)];
      await this.outbox.record(tx, mitigationEvent('mitigation.updated', followed, changedFields));
      return list;
    });
  }

  private async store(tx: Transaction, mitigationId: string, list: readonly SubActionResponse[]): Promise<void> {
    await storeSubActions(tx, mitigationId, list);
    await followSubActions(tx, mitigationId);
  }
}

function told({ title, done, position }: SubActionResponse): Record<string, unknown> {
  return { title, done, position };
}

/** @throws NotFound 404 */
function found(list: readonly SubActionResponse[], id: string): SubActionResponse {
  const subAction = list.find((candidate) => candidate.id === id);
  if (!subAction) throw new NotFound('sub-action');
  return subAction;
}
