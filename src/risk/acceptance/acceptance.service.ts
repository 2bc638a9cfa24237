import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { currentActor } from '../../context/request-context';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { UnprocessableBody } from '../../errors/http.errors';
import { assertVersion, type ExpectedVersion } from '../../http/conditional';
import { utcToday } from '../../http/period';
import { Outbox } from '../../outbox/outbox';
import { Permission } from '../../rbac/permission';
import { RiskChanges } from '../risk-changes';
import { RiskTags } from '../risk.cache';
import type { RiskResponse } from '../risk.dto';
import { acceptanceEvent, type AcceptanceAction } from './acceptance-event';
import { endAcceptance, liveAcceptances, shownAcceptance, type LiveAcceptance } from './acceptance-rows';
import type { AcceptanceDecision, AcceptanceResponse, RequestAcceptance } from './acceptance.dto';
import {
  AcceptanceLapsed,
  AcceptanceMissing,
  AcceptanceWaits,
  ClosedRisk,
  NotRequester,
  OwnAcceptance,
} from './acceptance.errors';

const evicted = { tags: [RiskTags.one, RiskTags.counted] };

/** The risk as it was when the transaction locked it, and its acceptances that are not over. */
interface Standing {
  readonly tx: Transaction;
  readonly risk: RiskResponse;
  readonly pending: LiveAcceptance | undefined;
  readonly inForce: LiveAcceptance | undefined;
}

/**
 * Who bears a risk, why and until when: asked for by one person, decided on by another. Each change is one of the risk as
 * well, so that If-Match says what somebody has seen when they ask or decide. All may throw NotFound 404, OutOfReach 403
 * and StaleVersion 412.
 */
@Injectable()
export class AcceptanceService {
  constructor(
    private readonly database: Database,
    private readonly changes: RiskChanges,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
  ) {}

  /** @throws UnprocessableBody 422 for a day that has passed; ClosedRisk, AcceptanceWaits 409 */
  @CacheEvict(evicted)
  request(
    riskId: string,
    expected: ExpectedVersion,
    { justification, validUntil }: RequestAcceptance,
  ): Promise<AcceptanceResponse> {
    return this.change(riskId, expected, Permission.RiskUpdate, async ({ tx, risk, pending }) => {
      if (validUntil < utcToday()) throw pastDay();
      if (risk.status === 'CLOSED') throw new ClosedRisk();
      if (pending) throw new AcceptanceWaits();
      const id = newId();
      await tx.query(
        `INSERT INTO risk_acceptances (tenant_id, id, risk_id, justification, valid_until, risk_version, requested_by,
           requested_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, statement_timestamp())`,
        [tx.tenantId, id, riskId, justification, validUntil, risk.version, currentActor().userId],
      );
      await this.changes.follow(tx, risk, { acceptanceRequested: true }, `Acceptance until ${validUntil} requested.`);
      await this.record(tx, 'request', { id, riskId, validUntil });
      return id;
    });
  }

  /**
   * Puts it in force, in place of one that is. The risk stays where it is: it may move to ACCEPTED now.
   *
   * @throws OwnAcceptance 403; AcceptanceMissing, AcceptanceLapsed 409
   */
  @CacheEvict(evicted)
  approve(riskId: string, expected: ExpectedVersion, decision: AcceptanceDecision): Promise<AcceptanceResponse> {
    return this.change(riskId, expected, Permission.RiskAccept, async ({ tx, risk, pending, inForce }) => {
      const { id, validUntil } = undecided(pending);
      if (validUntil < utcToday()) throw new AcceptanceLapsed(validUntil);
      if (inForce) await endAcceptance(tx, inForce.id, 'SUPERSEDED');
      await decide(tx, id, 'APPROVED', decision);
      const change = { acceptanceRequested: false, acceptedUntil: validUntil, acceptanceExpiring: false };
      await this.changes.follow(tx, risk, change, `Acceptance until ${validUntil} approved.`);
      await this.record(tx, 'approve', { id, riskId, validUntil });
      return id;
    });
  }

  /** @throws OwnAcceptance 403; AcceptanceMissing 409 */
  @CacheEvict(evicted)
  reject(riskId: string, expected: ExpectedVersion, decision: AcceptanceDecision): Promise<AcceptanceResponse> {
    return this.change(riskId, expected, Permission.RiskAccept, async ({ tx, risk, pending }) => {
      const { id, validUntil } = undecided(pending);
      await decide(tx, id, 'REJECTED', decision);
      await this.changes.follow(tx, risk, { acceptanceRequested: false }, 'Acceptance rejected.');
      await this.record(tx, 'reject', { id, riskId, validUntil });
      return id;
    });
  }

  /** Takes one's own request back. @throws NotRequester 403; AcceptanceMissing 409 */
  @CacheEvict(evicted)
  withdraw(riskId: string, expected: ExpectedVersion, decision: AcceptanceDecision): Promise<AcceptanceResponse> {
    return this.change(riskId, expected, Permission.RiskUpdate, async ({ tx, risk, pending }) => {
      if (!pending) throw new AcceptanceMissing('waits for a decision');
      const { id, validUntil, requestedBy } = pending;
      if (requestedBy !== currentActor().userId) throw new NotRequester();
      await endAcceptance(tx, id, 'WITHDRAWN', decision.comment);
      await this.changes.follow(tx, risk, { acceptanceRequested: false }, 'Acceptance withdrawn.');
      await this.record(tx, 'withdraw', { id, riskId, validUntil });
      return id;
    });
  }

  /** Ends one that is in force; a risk that is ACCEPTED is reopened. @throws AcceptanceMissing 409 */
  @CacheEvict(evicted)
  revoke(riskId: string, expected: ExpectedVersion, decision: AcceptanceDecision): Promise<AcceptanceResponse> {
    return this.change(riskId, expected, Permission.RiskAccept, async ({ tx, risk, inForce }) => {
      if (!inForce) throw new AcceptanceMissing('is in force');
      const { id, validUntil } = inForce;
      await endAcceptance(tx, id, 'REVOKED', decision.comment);
      await this.changes.loseAcceptance(tx, risk, 'Acceptance revoked.');
      await this.record(tx, 'revoke', { id, riskId, validUntil });
      return id;
    });
  }

  /** @param work returns the id of the acceptance that it has changed */
  private change(
    riskId: string,
    expected: ExpectedVersion,
    permission: Permission,
    work: (standing: Standing) => Promise<string>,
  ): Promise<AcceptanceResponse> {
    return this.database.transaction(async (tx) => {
      const risk = await this.changes.lock(tx, riskId, permission);
      assertVersion(expected, risk.version);
      const live = await liveAcceptances(tx, riskId);
      const [pending, inForce] = (['PENDING', 'APPROVED'] as const).map((is) =>
        live.find(({ status }) => status === is),
      );
      return shownAcceptance(tx, await work({ tx, risk, pending, inForce }));
    });
  }

  private async record(
    tx: Transaction,
    action: AcceptanceAction,
    acceptance: Pick<LiveAcceptance, 'id' | 'riskId' | 'validUntil'>,
  ): Promise<void> {
    const { id, riskId, validUntil } = acceptance;
    const details = { acceptanceId: id, validUntil };
    await Promise.all([
      this.audit.record(tx, { action: `acceptance.${action}`, resource: 'risk', resourceId: riskId, details }),
      this.outbox.record(tx, acceptanceEvent(action, acceptance)),
    ]);
  }
}

function undecided(pending: LiveAcceptance | undefined): LiveAcceptance {
  if (!pending) throw new AcceptanceMissing('waits for a decision');
  if (pending.requestedBy === currentActor().userId) throw new OwnAcceptance();
  return pending;
}

async function decide(
  tx: Transaction,
  id: string,
  status: 'APPROVED' | 'REJECTED',
  { comment = null }: { readonly comment?: string | null },
): Promise<void> {
  await tx.query(
    `UPDATE risk_acceptances SET status = $3, decided_by = $4, decided_at = statement_timestamp(), decision_comment = $5
      WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, status, currentActor().userId, comment],
  );
}

function pastDay(): UnprocessableBody {
  return new UnprocessableBody('The acceptance would be over already.', [
    { pointer: '/validUntil', code: 'past', message: 'must be today (UTC) or later' },
  ]);
}
