import { bindings } from '../database/bindings';
import type { Database } from '../database/database';
import type { SessionScope } from '../database/session';
import { auditFilterSql } from './audit-filter';
import type { AuditFilter, ExportFormat } from './audit.dto';
import { CSV_CELLS, CSV_NAMES, ENTRY_FIELDS } from './audit-sql';
import { csvLine } from './csv-line';

/** Rows per flight: no connection is held while the client takes what it was sent. */
const BATCH = 500;

/** What is exported: entries that were there when it began. */
export interface ExportRequest {
  readonly filter: AuditFilter;
  readonly format: ExportFormat;
  /** Of whom entries may be seen; undefined: of everybody. */
  readonly actors: readonly string[] | undefined;
  /** Entries before this instant. */
  readonly until: string;
  readonly scope: SessionScope;
}

interface ExportRow {
  /** The text of a JSON object. */
  readonly json?: string;
  readonly cells?: (string | null)[];
  readonly at: string;
  readonly id: string;
}

/** The bytes of the file, a batch at a time, oldest entry first; each is read when the one before has been taken. */
export async function* exportBatches(database: Database, request: ExportRequest): AsyncGenerator<Buffer> {
  const isJson = request.format === 'json';
  let between = isJson ? '[\n' : csvLine(CSV_NAMES);
  let last: ExportRow | undefined;
  do {
    const rows = await readBatch(database, request, last);
    const lines = rows.map(({ json, cells = [] }) => json ?? csvLine(cells));
    yield Buffer.from((lines.length > 0 || !last ? between : '') + lines.join(isJson ? ',\n' : ''));
    between = isJson ? ',\n' : '';
    last = rows.length < BATCH ? undefined : rows.at(-1);
  } while (last);
  if (isJson) yield Buffer.from('\n]\n');
}

function readBatch(database: Database, request: ExportRequest, last: ExportRow | undefined): Promise<ExportRow[]> {
  const { filter, format, actors, until, scope } = request;
  return database.read((session) => {
    const { parameters, bind } = bindings(session.tenantId, until);
    const where = auditFilterSql(filter, actors, bind);
    const behind = last ? `(l.at, l.id) > (${bind(last.at)}::text::timestamptz, ${bind(last.id)}::uuid)` : 'true';
    return session.query<ExportRow>(
      `SELECT ${format === 'json' ? `json_build_object(${ENTRY_FIELDS})::text AS json` : `${CSV_CELLS} AS cells`},
              l.at::text AS at, l.id
         FROM audit_log l
         LEFT JOIN users u ON u.id = l.actor_id
        WHERE l.tenant_id = $1 AND l.at < $2::timestamptz AND ${where} AND ${behind}
        ORDER BY l.at, l.id
        LIMIT ${BATCH}`,
      parameters,
    );
  }, scope);
}
