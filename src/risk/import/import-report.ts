import type { RiskRecord } from '../risk-record';
import type { PlannedRow } from './import-plan';
import { MAX_ROWS_SHOWN, type ImportedRow, type ImportResponse } from './import.dto';

/** Counts rows and keeps the first ones worth showing: the reasons of those that failed before what went well. */
export class ImportReport {
  private readonly counts = { rows: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 };
  private readonly failed: ImportedRow[] = [];
  private readonly others: ImportedRow[] = [];

  constructor(private readonly dryRun: boolean) {}

  add(plan: readonly PlannedRow[]): void {
    for (const row of plan) {
      this.counts.rows++;
      this.counts[row.outcome]++;
      if (row.outcome === 'unchanged') continue;
      const kept = row.outcome === 'failed' ? this.failed : this.others;
      if (kept.length < MAX_ROWS_SHOWN) kept.push(this.shown(row));
    }
  }

  result(): Pick<ImportResponse, 'counts' | 'rows' | 'rowsNotShown'> {
    const rows = [...this.failed, ...this.others].slice(0, MAX_ROWS_SHOWN).sort((a, b) => a.row - b.row);
    return { counts: this.counts, rows, rowsNotShown: this.counts.rows - this.counts.unchanged - rows.length };
  }

  private shown({
    row,
    line,
    outcome,
    externalId,
    risk,
    before,
    changedFields,
    problems,
    notices,
  }: PlannedRow): ImportedRow {
    const riskId = before?.id ?? (this.dryRun ? null : (risk?.id ?? null));
    const changes = this.dryRun && risk && before ? changesOf(changedFields ?? [], before, risk) : undefined;
    return {
      row,
      ...(line === undefined ? {} : { line }),
      ...{ outcome, externalId, riskId },
      ...(changes ? { changes } : {}),
      ...{ problems, notices },
    };
  }
}

function changesOf(fields: readonly string[], before: RiskRecord, after: RiskRecord): ImportedRow['changes'] {
  return fields.map((field) => ({
    field,
    before: before[field as keyof RiskRecord],
    after: after[field as keyof RiskRecord],
  }));
}
