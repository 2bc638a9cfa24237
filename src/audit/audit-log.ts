import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { contextIfAny } from '../context/request-context';
import type { Transaction } from '../database/session';

export interface AuditEntry {
  /** What was done: `risk.update`, `role.grant`, `session.revoke`. */
  readonly action: string;
  /** What it was done to: `risk`, `role`, `session`. */
  readonly resource: string;
  readonly resourceId?: string;
  /** Default SUCCESS. DENIED: somebody was refused it; FAILURE: it was tried and did not come about (a wrong password). */
  readonly outcome?: 'SUCCESS' | 'DENIED' | 'FAILURE';
  /** Plain JSON that says what changed. Never a secret, a token or a password. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Writes who did what. An entry is part of the transaction of the change: both are there, or neither. */
@Injectable()
export class AuditLog {
  /** Actor, credential, address and request id are those of the current context; all are empty for work of our own. */
  async record(tx: Transaction, ...entries: readonly AuditEntry[]): Promise<void> {
    const { actor, requestId, address } = contextIfAny() ?? {};
    const rows = entries.map(({ action, resource, resourceId, outcome = 'SUCCESS', details = {} }) => ({
      ...{ id: uuidv7(), action, resource, resourceId, outcome, details },
    }));
    await tx.query(INSERT_ENTRIES, [
      tx.tenantId,
      actor?.userId ?? null,
      actor?.sessionId ?? null,
      actor?.apiTokenId ?? null,
      requestId ?? null,
      address ?? null,
      JSON.stringify(rows),
    ]);
  }
}

const INSERT_ENTRIES = `
  INSERT INTO audit_log (tenant_id, id, actor_id, session_id, api_token_id, request_id, address,
                         action, resource, resource_id, outcome, details)
  SELECT $1, id, $2, $3, $4, $5, $6, action, resource, "resourceId", outcome, details
  FROM jsonb_to_recordset($7::jsonb)
    AS entry (id uuid, action text, resource text, "resourceId" text, outcome text, details jsonb)`;
