import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log';
import { currentActor } from '../../context/request-context';
import { currentReach } from '../../context/rights';
import { Database } from '../../database/database';
import { BoundedDownloads } from '../../http/bounded-downloads';
import { utcToday } from '../../http/period';
import { Permission } from '../../rbac/permission';
import type { RiskFilter } from '../risk-filter';
import { RiskConfig } from '../risk.config';
import { EXPORT_FILES } from './export-files';
import type { RiskExportQuery } from './export.dto';
import { RiskExportTooLarge, TooLongForWorkbook } from './export.errors';
import { SelectedRisks } from './selected-risks';
import { MOST_CELL_CHARACTERS } from './workbook/sheet-xml';

/** The register as a file, made while it is sent: a few at a time, and each is an entry of the audit log. */
@Injectable()
export class RiskExport {
  private readonly downloads: BoundedDownloads;

  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
    private readonly config: RiskConfig,
  ) {
    this.downloads = new BoundedDownloads(config.exportConcurrency, config.exportTimeoutSeconds);
  }

  /** @throws Unavailable 503 while too many run, RiskExportTooLarge and TooLongForWorkbook 422 */
  start(query: RiskExportQuery): Promise<StreamableFile> {
    return this.downloads.start(() => this.make(query));
  }

  private async make({ format, sort, ...filter }: RiskExportQuery): Promise<StreamableFile> {
    const today = utcToday();
    const risks = await this.select(filter, sort, today);
    if (format === 'xlsx' && risks.longestCustomFields > MOST_CELL_CHARACTERS) {
      throw new TooLongForWorkbook(MOST_CELL_CHARACTERS);
    }
    await risks.begin();
    // Only which filters: their values may be what not everybody is to read who reads the log.
    const details = { format, risks: risks.count, filters: Object.keys(filter) };
    await this.database.transaction((tx) =>
      this.audit.record(tx, { action: 'risk.export', resource: 'risk', details }),
    );
    const { type, suffix, bytesOf } = EXPORT_FILES[format];
    const bytes = bytesOf(() => risks.batches());
    return new StreamableFile(Readable.from(bytes, { objectMode: false }), {
      type,
      disposition: `attachment; filename="risk-register-${today}${suffix}"`,
    });
  }

  private async select(filter: RiskFilter, sort: string, today: string): Promise<SelectedRisks> {
    const { exportMaxRisks } = this.config;
    const reaches = [currentReach(Permission.RiskRead), currentReach(Permission.RiskExport)];
    const selection = { scope: currentActor(), filter, sort, today, reaches };
    const risks = await SelectedRisks.of(this.database, selection, exportMaxRisks);
    if (risks.count > exportMaxRisks) throw new RiskExportTooLarge(exportMaxRisks);
    return risks;
  }
}
