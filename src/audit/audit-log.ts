import { Injectable } from '@nestjs/common';
import { contextIfAny } from '../context/request-context';
import { Database } from '../database/database';
import type { Transaction } from '../database/session';
import { enlist, inSavepoint, type CommitParticipant } from '../database/transaction.events';
import type { DomainError } from '../errors/domain-error';
import { toAuditRow, type AuditEntry, type AuditRow } from './audit-entry';
import { AuditWriter } from './audit-writer';
import { Denials } from './denials';

export type { AuditEntry } from './audit-entry';

/** Writes who did what. An entry is part of the transaction of the change: both are there, or neither. */
@Injectable()
export class AuditLog {
  /** Many small changes, each in a savepoint, are one INSERT before the COMMIT; those rolled back are not in it. */
  private readonly ofSavepoints: CommitParticipant<AuditRow> = {
    prepare: (rows) => this.database.transaction((tx) => this.writer.write(tx, rows)),
    ended: () => Promise.resolve(),
  };

  constructor(
    private readonly database: Database,
    private readonly writer: AuditWriter,
    private readonly denials: Denials,
  ) {}

  /** Actor, credential, address and request id are those of the current context; all are empty for work of our own. */
  async record(tx: Transaction, ...entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const context = contextIfAny();
    const rows = entries.map((entry) => toAuditRow(entry, context));
    if (!inSavepoint()) await this.writer.write(tx, rows);
    else for (const row of rows) enlist(this.ofSavepoints, row);
  }

  /** That the caller was answered, or told of one of several changes, 403. Written soon, in a transaction of its own. */
  denied(refusal: DomainError): void {
    this.denials.note(refusal);
  }
}
