import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import { currentActor } from '../context/request-context';
import { bindings } from '../database/bindings';
import { Database } from '../database/database';
import { BoundedDownloads } from '../http/bounded-downloads';
import { Permission } from '../rbac/permission';
import { instantText } from './audit-chain';
import { auditFilterSql } from './audit-filter';
import { AuditLog } from './audit-log';
import { AuditConfig } from './audit.config';
import type { AuditExportQuery, AuditFilter } from './audit.dto';
import { ExportTooLarge } from './audit.errors';
import { AuditReader } from './audit.reader';
import { exportBatches } from './export-batches';

const mediaTypes = { json: 'application/json; charset=utf-8', csv: 'text/csv; charset=utf-8; header=present' };

/** Exports as streams: a few at a time, none without an end, and each is an entry of the log itself. */
@Injectable()
export class AuditExport {
  private readonly downloads: BoundedDownloads;

  constructor(
    private readonly database: Database,
    private readonly reader: AuditReader,
    private readonly audit: AuditLog,
    private readonly config: AuditConfig,
  ) {
    this.downloads = new BoundedDownloads(config.exportConcurrency, config.exportTimeoutSeconds);
  }

  /** @throws Unavailable 503 while too many run, ExportTooLarge 422 */
  start(query: AuditExportQuery): Promise<StreamableFile> {
    return this.downloads.start(() => this.make(query));
  }

  private async make({ format, ...filter }: AuditExportQuery): Promise<StreamableFile> {
    const scope = currentActor();
    const actors = await this.reader.visibleActors(Permission.AuditExport);
    const { until, entries } = await this.measure(filter, actors);
    await this.database.transaction((tx) =>
      this.audit.record(tx, { action: 'audit.export', resource: 'audit', details: { format, entries, filter } }),
    );
    const stream = Readable.from(exportBatches(this.database, { filter, format, actors, until, scope }), {
      objectMode: false,
    });
    return new StreamableFile(stream, {
      type: mediaTypes[format],
      disposition: `attachment; filename="audit-log-${until.slice(0, 10)}.${format}"`,
    });
  }

  private async measure(filter: AuditFilter, actors: readonly string[] | undefined) {
    const { exportMaxEntries } = this.config;
    const [measured] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId);
      const where = auditFilterSql(filter, actors, bind);
      return session.query<{ entries: number; until: string }>(
        `SELECT count(*) AS entries, ${instantText('clock_timestamp()')} AS until
           FROM (SELECT FROM audit_log l WHERE l.tenant_id = $1 AND ${where} LIMIT ${exportMaxEntries + 1}) l`,
        parameters,
      );
    });
    if (!measured || measured.entries > exportMaxEntries) throw new ExportTooLarge(exportMaxEntries);
    return measured;
  }
}
