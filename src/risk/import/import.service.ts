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
import type { ImportRow } from './import-row';
import { currentReaches, importerIn, type ImportReaches } from './importer';
import type { ImportQuery, ImportResponse } from './import.dto';
import { KnownRisks } from './known-risks';
import type { FileFacts } from './reading/messages';
import { openReading } from './reading/open-reading';

/** Imports of one tenant take turns, so that two of the same file cannot both find a risk missing. */
const TAKE_TURN = `SELECT pg_advisory_xact_lock(hashtextextended('risk-import ' || $1, 0))`;

/** For whom an import is made, and what goes with it. */
interface ImportRun {
  readonly reaches: ImportReaches;
  /** Between batches; what it throws ends the import, and nothing of it stays. */
  readonly progress?: (done: number, total: number) => Promise<void>;
  /** Once for each batch, before the next. */
  readonly planned?: (rows: readonly PlannedRow[]) => void;
  /** Part of the import's transaction. */
  readonly atTheEnd?: (tx: Transaction, result: ImportResponse) => Promise<void>;
  readonly signal?: AbortSignal;
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
    run: ImportRun,
  ): Promise<ImportResponse> {
    const { format, fileName } = query;
    const hints = {
      ...(format === undefined ? {} : { format }),
      ...(fileName === undefined ? {} : { fileName }),
      ...(mediaType === undefined ? {} : { mediaType }),
    };
    const { facts, reading } = await openReading(file, hints, run.signal);
    try {
      return await this.storeBatches(facts, reading.batches(), query, run);
    } finally {
      await reading.close();
    }
  }

  private async storeBatches(
    { format, total, unread }: FileFacts,
    batches: AsyncIterable<readonly ImportRow[]> | Iterable<readonly ImportRow[]>,
    { mode, dryRun }: ImportQuery,
    { reaches, progress, planned, atTheEnd }: ImportRun,
  ): Promise<ImportResponse> {
    const report = new ImportReport(dryRun);
    const answer = (): ImportResponse => ({ format, dryRun, mode, unreadFields: unread, ...report.result() });
    await this.database.transaction(async (tx) => {
      if (!dryRun) await tx.query(TAKE_TURN, [tx.tenantId]);
      const importer = await importerIn(tx, dryRun, reaches);
      const known = new KnownRisks(tx, dryRun);
      for await (const rows of batches) {
        await progress?.(report.result().counts.rows, total);
        const matched = await known.match(rows);
        const plan = matched.map(({ row, existing }) => planRow(row, existing, mode, newId, importer));
        if (!dryRun) await storeBatch(tx, plan);
        report.add(plan);
        planned?.(plan);
      }
      // One entry for them all: each risk's history has the rest.
      if (!dryRun) await this.audit.record(tx, importEntry(format, mode, report.result().counts));
      await atTheEnd?.(tx, answer());
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
