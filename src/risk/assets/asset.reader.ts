import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { currentReach } from '../../context/rights';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { instantSql } from '../../database/instant-sql';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import type { Transaction } from '../../database/session';
import { NotFound } from '../../errors/http.errors';
import type { Page } from '../../http/pagination';
import { parseSort } from '../../http/sort';
import { Permission } from '../../rbac/permission';
import { containing } from '../search/search-terms';
import { AssetTags } from './asset.cache';
import type { AssetQuery, AssetResponse } from './asset.dto';

const ASSET_JSON = `json_build_object(
  'id', a.id, 'name', a.name, 'type', a.type, 'criticality', a.criticality, 'ownerId', a.owner_id, 'source', a.source,
  'version', a.version, 'createdAt', ${instantSql('a.created_at')}, 'updatedAt', ${instantSql('a.updated_at')})`;

const columns = {
  name: { sql: 'a.name', type: 'text' },
  type: { sql: 'a.type', type: 'text' },
  createdAt: { sql: 'a.created_at', type: 'timestamptz' },
  updatedAt: { sql: 'a.updated_at', type: 'timestamptz' },
} as const satisfies Record<string, Omit<KeysetColumn, 'descending'>>;
const sortFields = Object.keys(columns) as (keyof typeof columns)[];

interface AssetRow {
  readonly asset: AssetResponse;
  readonly position: string[];
}

const reach = [Permission.AssetRead];

/** Assets within the caller's reach: what `own` and `team` go by is the owner. */
@Injectable()
export class AssetReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  /** @throws NotFound 404 */
  @Cacheable({ cache: 'asset', key: (id: string) => ['id', id], reach })
  async get(id: string): Promise<AssetResponse> {
    const [row] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, id);
      return session.query<Pick<AssetRow, 'asset'>>(
        `SELECT a.tenant_id, ${ASSET_JSON} AS asset FROM assets a
          WHERE a.tenant_id = $1 AND a.id = $2 AND ${reachable(bind)}`,
        parameters,
      );
    });
    if (!row) throw new NotFound('asset');
    return row.asset;
  }

  @Cacheable({ cache: 'asset', key: (query: AssetQuery) => ['list', { ...query }], tags: [AssetTags.lists], reach })
  async list(query: AssetQuery): Promise<Page<AssetResponse>> {
    const { q, type, criticality, ownerId, sort } = query;
    const terms = parseSort(sort, sortFields);
    const page = this.pages.pageFor(['assets', sort, q, type, criticality, ownerId], query, [
      ...terms.map(({ field, descending }) => ({ ...columns[field], descending })),
      { sql: 'a.id', type: 'uuid', descending: terms.at(-1)?.descending ?? false },
    ]);
    const [rows, [counted]] = await this.database.read((session) => {
      const listed = bindings(session.tenantId);
      const { where, orderBy, position, slice } = page.sql(listed.bind);
      const counting = bindings(session.tenantId);
      return Promise.all([
        session.query<AssetRow>(
          `SELECT a.tenant_id, ${ASSET_JSON} AS asset, ${position} AS position FROM assets a
            WHERE a.tenant_id = $1 AND ${filterSql(query, listed.bind)} AND ${where} ORDER BY ${orderBy} ${slice}`,
          listed.parameters,
        ),
        query.total
          ? session.query<{ count: number }>(
              `SELECT count(*) AS count FROM assets a WHERE a.tenant_id = $1 AND ${filterSql(query, counting.bind)}`,
              counting.parameters,
            )
          : [],
      ]);
    });
    return { ...page.answer(rows, ({ asset }) => asset), ...(query.total ? { total: counted?.count ?? 0 } : {}) };
  }
}

/** @throws NotFound 404 */
export async function lockAsset(tx: Transaction, id: string): Promise<AssetResponse> {
  // Two statements: one that waits for a lock sees the row as it was before it waited.
  const [, [row]] = await Promise.all([
    tx.query('SELECT FROM assets WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [tx.tenantId, id]),
    tx.query<Pick<AssetRow, 'asset'>>(
      `SELECT ${ASSET_JSON} AS asset FROM assets a WHERE a.tenant_id = $1 AND a.id = $2`,
      [tx.tenantId, id],
    ),
  ]);
  if (!row) throw new NotFound('asset');
  return row.asset;
}

function filterSql({ q, type, criticality, ownerId }: AssetQuery, bind: (value: unknown) => string): string {
  return [
    reachable(bind),
    ...(q === undefined ? [] : [`a.name ILIKE ANY (${bind(containing(q))}::text[])`]),
    ...(type ? [`a.type = ANY (${bind(type)}::text[])`] : []),
    ...(criticality ? [`a.criticality = ANY (${bind(criticality)}::text[])`] : []),
    ...(ownerId ? [`a.owner_id = ANY (${bind(ownerId)}::uuid[])`] : []),
  ].join(' AND ');
}

function reachable(bind: (value: unknown) => string): string {
  const reached = currentReach(Permission.AssetRead);
  return reached === 'tenant' ? 'TRUE' : `a.owner_id = ANY (${bind(reached)}::uuid[])`;
}
