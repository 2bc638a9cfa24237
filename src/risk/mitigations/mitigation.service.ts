import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { currentReach, isWithin } from '../../context/rights';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { assertVersion, type ExpectedVersion } from '../../http/conditional';
import { Outbox } from '../../outbox/outbox';
import { GrantsReader } from '../../rbac/grants.reader';
import { Permission } from '../../rbac/permission';
import { OutOfReach } from '../../rbac/rbac.errors';
import { lockRisk } from '../risk-record';
import { resolveReferences } from '../risk-references';
import { RiskService } from '../risk.service';
import {
  changedMitigationFields,
  changedMitigationOf,
  newMitigation,
  opens,
  type MitigationFields,
} from './mitigation-change';
import { mitigationEvent } from './mitigation-event';
import { decisionOnMitigation, decisionOnMitigationsOf, responsibleForMitigation } from './mitigation-reach';
import { insertMitigation, lockMitigation, readMitigation, riskIdOf, updateMitigation } from './mitigation-record';
import { tagsOfChange, tagsOfExistence } from './mitigation.cache';
import type { CreateMitigation, MitigationResponse, UpdateMitigation } from './mitigation.dto';
import { LastMitigation } from './mitigation.errors';

/**
 * Changes of mitigations, each in a transaction of its own that holds the lock of their risk. A MITIGATED risk has at
 * least one and none that is open: whatever opens one takes the risk back into treatment.
 */
@Injectable()
export class MitigationService {
  constructor(
    private readonly database: Database,
    private readonly grants: GrantsReader,
    private readonly audit: AuditLog,
    private readonly risks: RiskService,
    private readonly outbox: Outbox,
  ) {}

  /** @throws NotFound 404 without the risk, Forbidden 403, UnprocessableBody 422 for an unknown member */
  create(riskId: string, request: CreateMitigation): Promise<MitigationResponse> {
    return this.createAs(riskId, newId(), request);
  }

  /**
   * @throws NotFound 404, Forbidden 403, StaleVersion 412, IllegalMitigationMove 409, SubActionsLeft 409,
   *   ProgressFollows 422, UnprocessableBody 422 for an unknown member
   */
  async update(id: string, expected: ExpectedVersion, change: UpdateMitigation): Promise<MitigationResponse> {
    const riskId = await this.database.read((session) => riskIdOf(session, id));
    return this.updateOf(riskId, id, expected, change);
  }

  /** With its sub-actions. @throws NotFound 404, Forbidden 403, StaleVersion 412, LastMitigation 409 */
  async remove(id: string, expected: ExpectedVersion): Promise<void> {
    const riskId = await this.database.read((session) => riskIdOf(session, id));
    await this.removeOf(riskId, id, expected);
  }

  @CacheEvict({ tags: tagsOfExistence })
  protected createAs(riskId: string, id: string, request: CreateMitigation): Promise<MitigationResponse> {
    return this.database.transaction(async (tx) => {
      const risk = await lockRisk(tx, riskId);
      this.grants.assertReaches(Permission.MitigationCreate, decisionOnMitigationsOf(risk));
      await resolveReferences(tx, { assigneeId: request.assigneeId });
      const mitigation = newMitigation(request);
      await insertMitigation(tx, riskId, id, mitigation);
      await this.record(tx, 'mitigation.create', id, { riskId, ...mitigation });
      const created = await stored(tx, id);
      await this.outbox.record(tx, mitigationEvent('mitigation.created', created));
      if (risk.status === 'MITIGATED') await this.risks.resumeTreatment(risk);
      return created;
    });
  }

  @CacheEvict({ tags: tagsOfChange })
  protected updateOf(
    riskId: string,
    id: string,
    expected: ExpectedVersion,
    change: UpdateMitigation,
  ): Promise<MitigationResponse> {
    return this.database.transaction(async (tx) => {
      const { risk, mitigation: current } = await lockMitigation(tx, riskId, id);
      this.grants.assertReaches(Permission.MitigationUpdate, decisionOnMitigation(risk, current));
      assertVersion(expected, current.version);
      await resolveReferences(tx, { assigneeId: change.assigneeId });
      const next = changedMitigationOf(current, change);
      if (!isWithin(currentReach(Permission.MitigationUpdate), responsibleForMitigation(risk, next)))
        throw new OutOfReach(Permission.MitigationUpdate);
      const changes = differences(current, next);
      if (changes.length === 0) return current;
      await updateMitigation(tx, id, next);
      await this.record(tx, 'mitigation.update', id, { riskId, version: current.version + 1, changes });
      const updated = await stored(tx, id);
      await this.outbox.record(
        tx,
        mitigationEvent(
          current.status === updated.status ? 'mitigation.updated' : 'mitigation.status_changed',
          updated,
          changes.map(({ field }) => field),
        ),
      );
      if (risk.status === 'MITIGATED' && opens(current, next)) await this.risks.resumeTreatment(risk);
      return updated;
    });
  }

  @CacheEvict({ tags: tagsOfExistence })
  protected removeOf(riskId: string, id: string, expected: ExpectedVersion): Promise<void> {
    return this.database.transaction(async (tx) => {
      const { risk, mitigation } = await lockMitigation(tx, riskId, id);
      this.grants.assertReaches(Permission.MitigationDelete, decisionOnMitigation(risk, mitigation));
      assertVersion(expected, mitigation.version);
      await tx.query('DELETE FROM mitigations WHERE tenant_id = $1 AND id = $2', [tx.tenantId, id]);
      if (risk.status === 'MITIGATED') await assertOthersRemain(tx, riskId);
      const { title, status, progress } = mitigation;
      await this.record(tx, 'mitigation.delete', id, { riskId, title, status, progress });
      await this.outbox.record(tx, mitigationEvent('mitigation.deleted', mitigation));
    });
  }

  private record(tx: Transaction, action: string, resourceId: string, details: Record<string, unknown>): Promise<void> {
    return this.audit.record(tx, { action, resource: 'mitigation', resourceId, details });
  }
}

function differences(before: MitigationFields, after: MitigationFields): { field: string }[] {
  const fields = changedMitigationFields(before, after);
  return fields.map((field) => ({ field, before: before[field], after: after[field] }));
}

async function stored(tx: Transaction, id: string): Promise<MitigationResponse> {
  const mitigation = await readMitigation(tx, id);
  if (!mitigation) throw new Error('A mitigation that was just stored is not there');
  return mitigation;
}

/** @throws LastMitigation 409 */
async function assertOthersRemain(tx: Transaction, riskId: string): Promise<void> {
  const others = await tx.query('SELECT FROM mitigations WHERE tenant_id = $1 AND risk_id = $2 LIMIT 1', [
    tx.tenantId,
    riskId,
  ]);
  if (others.length === 0) throw new LastMitigation();
}
