import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditLog } from '../audit/audit-log';
import { currentReach, isWithin } from '../context/rights';
import type { Transaction } from '../database/session';
import { UnprocessableBody } from '../errors/http.errors';
import { assertVersion, type ExpectedVersion } from '../http/conditional';
import { utcToday } from '../http/period';
import { GrantsReader } from '../rbac/grants.reader';
import { Permission } from '../rbac/permission';
import { OutOfReach } from '../rbac/rbac.errors';
import { endAcceptances } from './acceptance/acceptance-rows';
import { withCustomFields } from './custom-field-values';
import { assertFieldValues } from './custom-fields/assert-field-values';
import type { FieldDefinition } from './custom-fields/field-definition';
import { lifecycleFacts } from './lifecycle/lifecycle-facts';
import type { TransitionRequest } from './lifecycle/lifecycle.dto';
import { movesFrom, reasonAgainst, WITHOUT_ACCEPTANCE } from './lifecycle/risk-lifecycle';
import { changeEntry, creationEntry, type RiskChange } from './risk-audit';
import { pairProblem } from './rating-pair';
import { decisionOn, ownerWithin, responsibleFor } from './risk-reach';
import { changedFields, lockRisk, readRisks, scored, type RiskRecord, type Scored } from './risk-record';
import { resolveReferences } from './risk-references';
import { nextReview, reviewBroughtForward } from './reviews/review-cadence';
import { RISK_LIMITS } from './risk-terms';
import { insertRisks, updateRisks } from './risk-writer';
import type { CreateRisk, RiskResponse, UpdateRisk } from './risk.dto';
import { IllegalTransition, NotDeleted } from './risk.errors';
import { heldThresholds } from './settings/settings-lock';

const emptyRisk: Omit<RiskRecord, Scored | 'probability' | 'impact' | 'id' | 'title' | 'assets' | 'customFields'> = {
  description: '',
  category: null,
  residualProbability: null,
  residualImpact: null,
  targetProbability: null,
  targetImpact: null,
  status: 'DRAFT',
  treatment: null,
  ownerId: null,
  assigneeId: null,
  dueDate: null,
  nextReviewAt: null,
  reviewCadenceDays: null,
  acceptanceRequested: false,
  acceptedUntil: null,
  acceptanceExpiring: false,
  tags: [],
  frameworks: [],
  source: 'MANUAL',
  externalId: null,
  deletedAt: null,
};

/** What can happen to one risk, inside a transaction that the caller has opened. */
@Injectable()
export class RiskChanges {
  constructor(
    private readonly grants: GrantsReader,
    private readonly audit: AuditLog,
  ) {}

  /** @param definitions of custom fields, where they have been read already */
  async create(
    tx: Transaction,
    { assetIds, customFields = {}, ...request }: CreateRisk,
    id: string = newId(),
    definitions?: readonly FieldDefinition[],
  ): Promise<RiskResponse> {
    const [thresholds, assets = []] = await Promise.all([
      heldThresholds(tx),
      resolveReferences(tx, { ...request, assetIds }),
      assertFieldValues(tx, customFields, { isNew: true, definitions }),
    ]);
    const reach = currentReach(Permission.RiskCreate);
    const ownerId = request.ownerId === undefined ? ownerWithin(reach) : request.ownerId;
    if (!isWithin(reach, [ownerId])) throw new OutOfReach(Permission.RiskCreate);
    const rated = scored(
      {
        ...emptyRisk,
        ...defined(request),
        id,
        ownerId,
        assets,
        customFields: withCustomFields({}, customFields),
      },
      thresholds,
    );
    const risk = request.nextReviewAt === undefined ? { ...rated, nextReviewAt: nextReview(rated, utcToday()) } : rated;
    assertConsistent(risk);
    const storing = insertRisks(tx, [risk], 'CREATED');
    return answer(tx, risk.id, storing, this.audit.record(tx, creationEntry(risk)));
  }

  async update(
    tx: Transaction,
    id: string,
    expected: ExpectedVersion,
    change: UpdateRisk,
    definitions?: readonly FieldDefinition[],
  ): Promise<RiskResponse> {
    const [thresholds, current] = await Promise.all([heldThresholds(tx), this.lock(tx, id, Permission.RiskUpdate)]);
    assertVersion(expected, current.version);
    const { assetIds: _, customFields = {}, ...fields } = change;
    const [assets = current.assets] = await Promise.all([
      resolveReferences(tx, change, current.assets),
      ...(change.customFields ? [assertFieldValues(tx, change.customFields, { isNew: false, definitions })] : []),
    ]);
    const rated = scored(
      {
        ...current,
        ...defined(fields),
        assets,
        customFields: withCustomFields(current.customFields, customFields),
      },
      thresholds,
    );
    const next =
      change.nextReviewAt === undefined
        ? { ...rated, nextReviewAt: reviewBroughtForward(current, rated, utcToday()) }
        : rated;
    assertConsistent(next);
    // Else somebody whose permission ends at what they own could make risks that are not theirs, by giving them away.
    if (!isWithin(currentReach(Permission.RiskUpdate), responsibleFor(next)))
      throw new OutOfReach(Permission.RiskUpdate);
    return this.store(tx, current, next, 'UPDATED');
  }

  async remove(tx: Transaction, id: string, expected: ExpectedVersion): Promise<void> {
    const current = await this.lock(tx, id, Permission.RiskDelete);
    assertVersion(expected, current.version);
    await this.store(tx, current, { ...current, deletedAt: new Date().toISOString() }, 'DELETED');
  }

  async restore(tx: Transaction, id: string): Promise<RiskResponse> {
    const [thresholds, current] = await Promise.all([
      heldThresholds(tx),
      this.lock(tx, id, Permission.RiskDelete, 'visible'),
    ]);
    if (current.deletedAt === null) throw new NotDeleted();
    const rated = scored({ ...current, deletedAt: null }, thresholds);
    const nextReviewAt = reviewBroughtForward(current, rated, utcToday());
    return this.store(tx, current, { ...rated, nextReviewAt }, 'RESTORED');
  }

  async transition(
    tx: Transaction,
    id: string,
    expected: ExpectedVersion,
    { status, comment }: TransitionRequest,
  ): Promise<RiskResponse> {
    const current = await this.lock(tx, id, Permission.RiskUpdate);
    assertVersion(expected, current.version);
    const facts = await lifecycleFacts(tx, id, utcToday());
    const reason = reasonAgainst(current.status, status, facts);
    if (reason !== null) {
      const allowed = movesFrom(current.status, facts).filter((move) => move.allowed);
      throw new IllegalTransition(
        reason,
        allowed.map((move) => move.status),
      );
    }
    const ended = await endAcceptances(tx, current, status);
    return this.store(tx, current, { ...current, ...ended, status }, 'TRANSITIONED', comment);
  }

  /**
   * What opening a mitigation does to a MITIGATED risk that the transaction has locked. It follows from the lifecycle, and
   * so needs no permission for the risk.
   */
  async resumeTreatment(tx: Transaction, risk: RiskResponse): Promise<void> {
    await this.follow(tx, risk, { status: 'IN_TREATMENT' }, 'A mitigation was opened.');
  }

  /**
   * What follows for a risk that the transaction has locked from something else than a change that was asked for: its
   * acceptance, a review.
   */
  follow(tx: Transaction, current: RiskResponse, change: Partial<RiskRecord>, comment: string): Promise<RiskResponse> {
    const action = (change.status ?? current.status) === current.status ? 'UPDATED' : 'TRANSITIONED';
    return this.store(tx, current, { ...current, ...change }, action, comment);
  }

  /** A locked risk whose acceptance is no longer in force: the only way from ACCEPTED to REOPENED. */
  loseAcceptance(tx: Transaction, current: RiskResponse, comment: string): Promise<RiskResponse> {
    const status = current.status === WITHOUT_ACCEPTANCE.from ? WITHOUT_ACCEPTANCE.to : current.status;
    return this.follow(tx, current, { status, acceptedUntil: null, acceptanceExpiring: false }, comment);
  }

  /** Until the end of the transaction. @throws NotFound 404, OutOfReach 403 */
  async lock(
    tx: Transaction,
    id: string,
    permission: Permission,
    deleted: 'hidden' | 'visible' = 'hidden',
  ): Promise<RiskResponse> {
    const risk = await lockRisk(tx, id, deleted);
    this.grants.assertReaches(permission, decisionOn(risk));
    return risk;
  }

  /** What changes nothing makes no version. */
  private async store(
    tx: Transaction,
    current: RiskResponse,
    risk: RiskRecord,
    action: RiskChange,
    comment?: string,
  ): Promise<RiskResponse> {
    const fields = changedFields(current, risk);
    if (fields.length === 0) return current;
    const storing = updateRisks(tx, [{ risk, changedFields: fields, comment }], action);
    const entry = changeEntry(action, current.version + 1, current, risk, fields);
    return answer(tx, risk.id, storing, this.audit.record(tx, entry));
  }
}

/** Reads the risk back in the same flight as the statements that store and record it. */
async function answer(
  tx: Transaction,
  id: string,
  storing: Promise<void>,
  recording: Promise<void>,
): Promise<RiskResponse> {
  const reading = readRisks(tx, [id]);
  // When storing fails, the others fail behind it, with nothing of their own to say.
  reading.catch(() => undefined);
  recording.catch(() => undefined);
  await storing;
  await recording;
  const [stored] = await reading;
  if (!stored) throw new Error('A risk that was just stored is not there');
  return stored;
}

/** Fields that a request left out must not overwrite anything. */
function defined<T extends object>(request: T): { [Field in keyof T]: Exclude<T[Field], undefined> } {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as {
    [Field in keyof T]: Exclude<T[Field], undefined>;
  };
}

/** Rules that span fields, or what is stored and what is sent. */
function assertConsistent(risk: RiskRecord): void {
  assertPair('residual', risk.residualProbability, risk.residualImpact);
  assertPair('target', risk.targetProbability, risk.targetImpact);
  const { customFields } = risk;
  if (Object.keys(customFields).length > RISK_LIMITS.customFields) {
    const message = `must not be more than ${RISK_LIMITS.customFields} altogether`;
    throw new UnprocessableBody('The risk has too many custom fields.', [
      { pointer: '/customFields', code: 'max-items', message },
    ]);
  }
}

function assertPair(kind: 'residual' | 'target', probability: number | null, impact: number | null): void {
  const problem = pairProblem(kind, probability, impact);
  if (problem) throw new UnprocessableBody(`A ${kind} rating is missing.`, [problem]);
}
