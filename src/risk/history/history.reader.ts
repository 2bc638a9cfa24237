import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { currentTenantId } from '../../context/request-context';
import { Database } from '../../database/database';
import { keyset, type KeysetColumn } from '../../database/keyset';
import type { ReadSession } from '../../database/session';
import { NotFound } from '../../errors/http.errors';
import { CursorCodec, type CursorPosition } from '../../http/cursor';
import { offsetOf, type Page, type PageQuery } from '../../http/pagination';
import { instantSql } from '../risk-json';
import { pageOf } from '../risk-page';
import type { RiskVersionResponse } from './history.dto';

const newestFirst: readonly KeysetColumn[] = [{ sql: 'h.version', type: 'int4', descending: true }];

const VERSION_JSON = `json_build_object(
  'version', h.version, 'at', ${instantSql('h.at')},
  'actor', CASE WHEN h.actor_id IS NOT NULL THEN json_build_object('id', h.actor_id, 'name', u.name) END,
  'action', h.action, 'comment', h.comment,
  'changes', (
    SELECT coalesce(json_agg(json_build_object('field', f.name, 'before', before.snapshot -> f.name,
        'after', h.snapshot -> f.name) ORDER BY f.position), '[]')
      FROM unnest(h.changed_fields) WITH ORDINALITY AS f (name, position)))`;

interface VersionRow {
  readonly entry: RiskVersionResponse;
  readonly position: string[];
}

@Injectable()
export class HistoryReader {
  constructor(
    private readonly database: Database,
    private readonly cursors: CursorCodec,
  ) {}

  /**
   * What happened to a risk, newest first.
   *
   * @throws NotFound 404
   */
  @Cacheable({ cache: 'risk', key: (id: string, query: PageQuery) => ['id', id, 'history', { ...query }] })
  async history(id: string, query: PageQuery): Promise<Page<RiskVersionResponse>> {
    const scope = JSON.stringify([currentTenantId(), 'history', id]);
    const cursor = query.cursor === undefined ? undefined : this.cursors.decode(scope, query.cursor);
    const offset = offsetOf(query);
    const [[risk], rows] = await this.database.read((session) =>
      Promise.all([
        // Versions count from 1 without gaps.
        session.query<{ version: number }>(
          'SELECT version FROM risks WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL',
          [session.tenantId, id],
        ),
        versions(session, id, { cursor, offset, limit: query.limit }),
      ]),
    );
    if (!risk) throw new NotFound('risk');
    const { items, next, prev } = pageOf(rows, { limit: query.limit, cursor, offset, columns: newestFirst });
    const encode = (position: CursorPosition | null): string | null => position && this.cursors.encode(scope, position);
    return {
      items: items.map(({ entry }) => entry),
      page: { limit: query.limit, nextCursor: encode(next), prevCursor: encode(prev) },
      ...(query.total ? { total: risk.version } : {}),
    };
  }
}

function versions(
  session: ReadSession,
  id: string,
  { cursor, offset, limit }: { cursor: CursorPosition | undefined; offset: number; limit: number },
): Promise<VersionRow[]> {
  const parameters: unknown[] = [session.tenantId, id];
  const bind = (value: unknown): string => `$${parameters.push(value)}`;
  const order = keyset(newestFirst, cursor?.values, cursor?.direction === 'prev', bind);
  return session.query<VersionRow>(
    `SELECT ${VERSION_JSON} AS entry, ${order.position} AS position
       FROM risk_history h
       LEFT JOIN risk_history before
         ON before.tenant_id = h.tenant_id AND before.risk_id = h.risk_id AND before.version = h.version - 1
       LEFT JOIN users u ON u.id = h.actor_id
      WHERE h.tenant_id = $1 AND h.risk_id = $2 AND ${order.where}
      ORDER BY ${order.orderBy}
      LIMIT ${bind(limit + 1)} OFFSET ${bind(offset)}`,
    parameters,
  );
}
