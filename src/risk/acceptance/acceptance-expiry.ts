import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { daysBefore, utcToday } from '../../http/period';
import { DurableJob } from '../../jobs/durable-job.decorator';
import type { RunningJob } from '../../jobs/running-job';
import { Outbox } from '../../outbox/outbox';
import { RiskChanges } from '../risk-changes';
import { lockRisks } from '../risk-record';
import { RiskTags } from '../risk.cache';
import type { RiskResponse } from '../risk.dto';
import { acceptanceEvent, type AcceptanceAction } from './acceptance-event';
import { endAcceptance, liveAcceptances, type LiveAcceptance } from './acceptance-rows';
import { EXPIRY_WARNING_DAYS } from './acceptance-terms';

const RISKS_AT_ONCE = 500;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** $1 tenant, $2 today, $3 the last day that is warned of, $4 behind which risk, $5 how many. Deleted risks wait until they are restored. */
const DUE = `
  SELECT DISTINCT a.risk_id AS id FROM risk_acceptances a
    JOIN risks r ON r.tenant_id = a.tenant_id AND r.id = a.risk_id AND r.deleted_at IS NULL
   WHERE a.tenant_id = $1 AND a.status IN ('PENDING', 'APPROVED') AND a.valid_until <= $3::date AND a.risk_id > $4
     AND (a.valid_until < $2::date OR a.status = 'APPROVED' AND a.warned_at IS NULL)
   ORDER BY a.risk_id
   LIMIT $5`;

/**
 * Says that acceptances are about to expire, and ends them after their last day. Each risk is looked at anew once it is
 * locked: whichever instance, request or run comes second finds nothing left to do.
 */
@Injectable()
export class AcceptanceExpiry {
  constructor(
    private readonly database: Database,
    private readonly changes: RiskChanges,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
  ) {}

  @DurableJob({ kind: 'acceptance.expire', every: 'hour' })
  async run({ signal }: Pick<RunningJob, 'signal'>): Promise<void> {
    await this.settleAll(utcToday(), signal);
  }

  /**
   * @param today YYYY-MM-DD, in UTC
   * @throws AggregateError when some risks could not be settled; the others are
   */
  async settleAll(today: string, signal?: AbortSignal): Promise<void> {
    const failures: unknown[] = [];
    for (let ids = await this.due(today, BEFORE_ALL); ids.length > 0; ids = await this.due(today, ids.at(-1) ?? '')) {
      for (const id of ids) {
        signal?.throwIfAborted();
        await this.settle(id, today).catch((error: unknown) => failures.push(error));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} acceptances could not be settled`);
  }

  @CacheEvict({ tags: [RiskTags.one, RiskTags.counted] })
  protected settle(riskId: string, today: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      const [risk] = await lockRisks(tx, [riskId]);
      if (!risk || risk.deletedAt !== null) return;
      let current = risk;
      for (const acceptance of await liveAcceptances(tx, riskId))
        current = await this.age(tx, current, acceptance, today);
    });
  }

  /** @returns the risk as it is then */
  private async age(
    tx: Transaction,
    risk: RiskResponse,
    acceptance: LiveAcceptance,
    today: string,
  ): Promise<RiskResponse> {
    const { id, status, validUntil, isWarned } = acceptance;
    if (validUntil < today) {
      await endAcceptance(tx, id, 'EXPIRED');
      await this.record(tx, 'expire', acceptance);
      return status === 'PENDING'
        ? this.changes.follow(tx, risk, { acceptanceRequested: false }, `Nobody decided until ${validUntil}.`)
        : this.changes.loseAcceptance(tx, risk, `Acceptance expired after ${validUntil}.`);
    }
    if (status === 'PENDING' || isWarned || daysBefore(validUntil, EXPIRY_WARNING_DAYS) > today) return risk;
    await tx.query('UPDATE risk_acceptances SET warned_at = statement_timestamp() WHERE tenant_id = $1 AND id = $2', [
      tx.tenantId,
      id,
    ]);
    await this.record(tx, 'warn', acceptance);
    return this.changes.follow(tx, risk, { acceptanceExpiring: true }, `Acceptance expires after ${validUntil}.`);
  }

  private async record(tx: Transaction, action: AcceptanceAction, acceptance: LiveAcceptance): Promise<void> {
    const { id, riskId, validUntil } = acceptance;
    const details = { acceptanceId: id, validUntil };
    await Promise.all([
      this.audit.record(tx, { action: `acceptance.${action}`, resource: 'risk', resourceId: riskId, details }),
      this.outbox.record(tx, acceptanceEvent(action, acceptance)),
    ]);
  }

  private async due(today: string, after: string): Promise<string[]> {
    const lastWarned = daysBefore(today, -EXPIRY_WARNING_DAYS);
    const rows = await this.database.read((session) =>
      session.query<{ id: string }>(DUE, [session.tenantId, today, lastWarned, after, RISKS_AT_ONCE]),
    );
    return rows.map(({ id }) => id);
  }
}
