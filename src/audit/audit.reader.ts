import { Injectable } from '@nestjs/common';
import { bindings } from '../database/bindings';
import { Database } from '../database/database';
import type { KeysetColumn } from '../database/keyset';
import { KeysetPages } from '../database/keyset-page';
import { NotFound } from '../errors/http.errors';
import type { Page } from '../http/pagination';
import { GrantsReader } from '../rbac/grants.reader';
import { Permission } from '../rbac/permission';
import { instantText } from './audit-chain';
import { auditFilterSql } from './audit-filter';
import { ENTRY_FIELDS } from './audit-sql';
import type { AuditEntryResponse, AuditQuery, SealedAuditEntryResponse } from './audit.dto';

const newestFirst: readonly KeysetColumn[] = [
  { sql: 'l.at', type: 'timestamptz', descending: true },
  { sql: 'l.id', type: 'uuid', descending: true },
];

const ONE = `
  SELECT json_build_object(${ENTRY_FIELDS}, 'seal', CASE WHEN s.position IS NOT NULL THEN json_build_object(
           'position', s.position, 'hash', encode(s.hash, 'hex'), 'at', ${instantText('s.sealed_at')}) END) AS entry
    FROM audit_log l
    LEFT JOIN users u ON u.id = l.actor_id
    LEFT JOIN audit_seals s ON s.tenant_id = l.tenant_id AND s.entry_id = l.id`;

interface ListRow {
  readonly entry: AuditEntryResponse;
  readonly position: string[];
}

/**
 * Questions about the audit log. None is cached: almost every write adds an entry, so an answer would be evicted before
 * it is asked for again, and who reads this log wants to know what happened just now.
 */
@Injectable()
export class AuditReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
    private readonly grants: GrantsReader,
  ) {}

  async list(query: AuditQuery): Promise<Page<AuditEntryResponse>> {
    const { limit: _, cursor: _c, page: _p, total: withTotal, ...filter } = query;
    const actors = await this.visibleActors(Permission.AuditRead);
    const page = this.pages.pageFor(['audit', actors, Object.entries(filter).sort()], query, newestFirst);
    const [rows, [counted]] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId);
      const where = `l.tenant_id = $1 AND ${auditFilterSql(filter, actors, bind)}`;
      const count = withTotal
        ? session.query<{ total: number }>(`SELECT count(*) AS total FROM audit_log l WHERE ${where}`, [...parameters])
        : [];
      const { where: behind, orderBy, position, slice } = page.sql(bind);
      const rowsOfPage = session.query<ListRow>(
        `SELECT json_build_object(${ENTRY_FIELDS}) AS entry, ${position} AS position
           FROM (SELECT * FROM audit_log l WHERE ${where} AND ${behind} ORDER BY ${orderBy} ${slice}) l
           LEFT JOIN users u ON u.id = l.actor_id
          ORDER BY ${orderBy}`,
        parameters,
      );
      return Promise.all([rowsOfPage, count]);
    });
    return { ...page.answer(rows, ({ entry }) => entry), ...counted };
  }

  /** @throws NotFound 404, also for an entry that the caller may not see */
  async get(id: string): Promise<SealedAuditEntryResponse> {
    const actors = await this.visibleActors(Permission.AuditRead);
    const [row] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, id);
      const visible = auditFilterSql({}, actors, bind);
      return session.query<{ entry: SealedAuditEntryResponse }>(
        `${ONE} WHERE l.tenant_id = $1 AND l.id = $2 AND ${visible}`,
        parameters,
      );
    });
    if (!row) throw new NotFound('audit entry');
    return row.entry;
  }

  /** Whose entries the caller may see; undefined: everybody's. An entry belongs to who did it. */
  async visibleActors(permission: Permission): Promise<readonly string[] | undefined> {
    const reach = (await this.grants.current()).reachOf(permission) ?? [];
    return reach === 'tenant' ? undefined : reach;
  }
}
