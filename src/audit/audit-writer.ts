import { Injectable } from '@nestjs/common';
import type { Transaction } from '../database/session';
import { isConsequence } from '../database/sql-errors';
import { afterCommit } from '../database/transaction.events';
import type { AuditRow } from './audit-entry';
import { AuditMetrics } from './audit.metrics';
import { AuditSealer } from './audit-sealer';

/** Puts entries into the log, and has them sealed and counted when they are committed. */
@Injectable()
export class AuditWriter {
  constructor(
    private readonly sealer: AuditSealer,
    private readonly metrics: AuditMetrics,
  ) {}

  /** One INSERT, sent at once. What it throws has the transaction fail. */
  async write(tx: Transaction, rows: readonly AuditRow[]): Promise<void> {
    const { tenantId } = tx;
    const inserted = tx.query(INSERT_ENTRIES, [tenantId, JSON.stringify(rows)]);
    afterCommit(() => {
      for (const { outcome } of rows) this.metrics.committed(outcome);
      this.sealer.expect(tenantId, rows.length);
    });
    try {
      await inserted;
    } catch (error) {
      if (!isConsequence(error)) this.metrics.writeFailed(rows.length);
      throw error;
    }
  }
}

const INSERT_ENTRIES = `
  WITH entry AS (
    INSERT INTO audit_log (tenant_id, id, actor_id, session_id, api_token_id, request_id, address,
                           action, resource, resource_id, outcome, details)
    SELECT $1, id, "actorId", "sessionId", "apiTokenId", "requestId", address,
           action, resource, "resourceId", outcome, details
    FROM jsonb_to_recordset($2::jsonb)
      AS given (id uuid, "actorId" uuid, "sessionId" uuid, "apiTokenId" uuid, "requestId" text, address text,
                action text, resource text, "resourceId" text, outcome text, details jsonb)
    RETURNING tenant_id, id
  )
  INSERT INTO audit_unsealed (tenant_id, entry_id) SELECT tenant_id, id FROM entry`;
