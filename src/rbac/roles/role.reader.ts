import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import { NotFound } from '../../errors/http.errors';
import type { Page } from '../../http/pagination';
import { RbacTags } from '../rbac.cache';
import { ROLE_COLUMNS, findRole, toRoleRow, type RoleRow } from './role-rows';
import { toRoleResponse, type RolePermissionsResponse, type RoleQuery, type TenantRoleResponse } from './role.dto';

/** Predefined ones first, from the lowest to the highest. */
const order: readonly KeysetColumn[] = [
  { sql: '(r.key IS NULL)::int', type: 'int4', descending: false },
  { sql: 'r.level', type: 'int2', descending: false },
  { sql: 'r.name', type: 'text', descending: false },
  { sql: 'r.id', type: 'uuid', descending: false },
];

type Listed = Parameters<typeof toRoleRow>[0] & { readonly position: string[] };

const tags = [RbacTags.roles, RbacTags.members];

@Injectable()
export class RoleReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  @Cacheable({ cache: 'rbac', key: (query: RoleQuery) => ['roles', { ...query }], tags })
  async list(query: RoleQuery): Promise<Page<TenantRoleResponse>> {
    const { q = null, predefined = null, total } = query;
    const page = this.pages.pageFor(['roles', q, predefined], query, order);
    const [rows, [counted]] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, q, predefined);
      const { where: behind, orderBy, position, slice } = page.sql(bind);
      const where = `r.tenant_id = $1 AND ($2::text IS NULL OR position(lower($2) IN lower(r.name)) > 0)
                     AND ($3::boolean IS NULL OR (r.key IS NOT NULL) = $3)`;
      return Promise.all([
        session.query<Listed>(
          `SELECT ${ROLE_COLUMNS}, ${position} AS position FROM roles r
            WHERE ${where} AND ${behind} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        session.query<{ count: number }>(`SELECT count(*) AS count FROM roles r WHERE ${where}`, [
          session.tenantId,
          q,
          predefined,
        ]),
      ]);
    });
    return {
      ...page.answer(rows, (row) => toRoleResponse(toRoleRow(row))),
      ...(total ? { total: counted?.count ?? 0 } : {}),
    };
  }

  /** @throws NotFound 404 */
  @Cacheable({ cache: 'rbac', key: (id: string) => ['role', id], tags })
  async get(id: string): Promise<TenantRoleResponse> {
    return toRoleResponse(await this.find(id));
  }

  /** @throws NotFound 404 */
  @Cacheable({ cache: 'rbac', key: (id: string) => ['role', id, 'permissions'], tags })
  async permissions(id: string): Promise<RolePermissionsResponse> {
    return { items: toRoleResponse(await this.find(id)).grants };
  }

  private async find(id: string): Promise<RoleRow> {
    const role = await this.database.read((session) => findRole(session, id));
    if (!role) throw new NotFound('role');
    return role;
  }
}
