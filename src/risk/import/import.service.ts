import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditLog, type AuditEntry } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { tagsAmong } from '../../cache/tag-list';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { utcToday } from '../../http/period';
import { LargeChanges } from '../large-changes';
import { nextReview } from '../reviews/review-cadence';
import type { RiskRecord } from '../risk-record';
import { insertRisks, updateRisks } from '../risk-writer';
import { RiskTags } from '../risk.cache';
import { planRow, type ImportMode, type PlannedRow } from './import-plan';
import { ImportReport } from './import-report';
import { currentReaches, importerIn, type ImportReaches } from './importer';
import type { ImportQuery, ImportResponse } from './import.dto';
import { KnownRisks } from './known-risks';
import { readImport } from './read-import';

/** Rows that are looked up and written together: enough to forget the round trips, few enough to hold in memory. */
const BATCH = 2000;

/** Imports of one tenant take turns, so that two of the same file cannot both find a risk missing. */
const TAKE_TURN = `SELECT pg_advisory_xact_lock(hashtextextended('risk-import ' || $1, 0))`;

/** For whom an import is made, and what goes with it. */
interface ImportRun {
  readonly reaches: ImportReaches;
  /** Between batches; what it throws ends the import, and nothing of it stays. */
  readonly progress?: (done: number, total: number) => Promise<void>;
  /** Part of the import's transaction. */
  readonly atTheEnd?: (tx: Transaction, result: ImportResponse, failed: readonly PlannedRow[]) => Promise<void>;
}

@Injectable()
export class ImportService {
  constructor(
    private readonly database: Database,
    private readonly largeChanges: LargeChanges,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Imports a file in one transaction. Rows that are wrong are reported and left out; the others are stored together or,
   * in a dry run, not at all.
   *
   * @throws Unavailable 503 when too many wait; UnreadableImport 422 when nothing of the file can be imported
   */
  @CacheEvict({
    tags: tagsAmong(
      [RiskTags.all, RiskTags.each],
      (_file: Buffer, _mediaType: string | undefined, { dryRun }: ImportQuery) =>
        dryRun ? [] : [RiskTags.all, RiskTags.each],
    ),
  })
  run(file: Buffer, mediaType: string | undefined, query: ImportQuery): Promise<ImportResponse> {
    return this.largeChanges.run(() => this.store(file, mediaType, query, { reaches: currentReaches() }));
  }

  /** As {@link run}, for a job: whoever calls evicts. */
  async store(
    file: Buffer,
    mediaType: string | undefined,
    query: ImportQuery,
    { reaches, progress, atTheEnd }: ImportRun,
  ): Promise<ImportResponse> {
    const { format: named, fileName, mode, dryRun } = query;
    const { format, rows, unread } = await readImport(file, {
      ...(named === undefined ? {} : { format: named }),
      ...(fileName === undefined ? {} : { fileName }),
      ...(mediaType === undefined ? {} : { mediaType }),
    });
    const report = new ImportReport(dryRun);
    const failed: PlannedRow[] = [];
    const answer = (): ImportResponse => ({
      format: format.id,
      dryRun,
      mode,
      unreadFields: unread,
      ...report.result(),
    });
    await this.database.transaction(async (tx) => {
      if (!dryRun) await tx.query(TAKE_TURN, [tx.tenantId]);
      const importer = await importerIn(tx, dryRun, reaches);
      const known = new KnownRisks(tx, dryRun);
      for (let start = 0; start < rows.length; start += BATCH) {
        await progress?.(start, rows.length);
        const matched = await known.match(rows.slice(start, start + BATCH));
        const plan = matched.map(({ row, existing }) => planRow(row, existing, mode, newId, importer));
        if (!dryRun) await storeBatch(tx, plan);
        report.add(plan);
        failed.push(...plan.filter(({ outcome }) => outcome === 'failed'));
      }
      // One entry for them all: each risk's history has the rest.
      if (!dryRun) await this.audit.record(tx, importEntry(format.id, mode, report.result().counts));
      await atTheEnd?.(tx, answer(), failed);
    });
    return answer();
  }
}

function importEntry(format: string, mode: ImportMode, counts: ImportResponse['counts']): AuditEntry {
  return { action: 'risk.import', resource: 'risk', details: { format, mode, counts } };
}

async function storeBatch(tx: Transaction, plan: readonly PlannedRow[]): Promise<void> {
  const created: RiskRecord[] = [];
  const updated: { risk: RiskRecord; changedFields: readonly string[] }[] = [];
  for (const { risk, changedFields } of plan) {
    if (risk && changedFields) updated.push({ risk, changedFields });
    else if (risk) created.push({ ...risk, nextReviewAt: risk.nextReviewAt ?? nextReview(risk, utcToday()) });
  }
  if (created.length > 0) await insertRisks(tx, created, 'IMPORTED');
  if (updated.length > 0) await updateRisks(tx, updated, 'IMPORTED');
}
