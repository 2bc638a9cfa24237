import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { instantSql } from '../../database/instant-sql';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import type { ReadSession } from '../../database/session';
import { NotFound } from '../../errors/http.errors';
import type { Page, PageQuery } from '../../http/pagination';
import { Permission } from '../../rbac/permission';
import { CustomFieldTags } from './custom-field.cache';
import type { CustomFieldResponse } from './custom-field.dto';

const FIELD_JSON = `json_build_object(
  'id', f.id, 'key', f.key, 'label', f.label, 'type', f.type, 'required', f.required, 'min', f.min, 'max', f.max,
  'pattern', f.pattern, 'choices', f.choices, 'position', f.position, 'version', f.version,
  'createdAt', ${instantSql('f.created_at')}, 'updatedAt', ${instantSql('f.updated_at')})`;

const byPosition: readonly KeysetColumn[] = [
  { sql: 'f.position', type: 'int4', descending: false },
  { sql: 'f.id', type: 'uuid', descending: false },
];

interface FieldRow {
  readonly field: CustomFieldResponse;
  readonly position: string[];
}

const tags = [CustomFieldTags.all];
const reach = [Permission.RiskRead];

/** The fields that a tenant has added to its risks. They are nobody's: whoever reads risks reads them. */
@Injectable()
export class CustomFieldReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  @Cacheable({ cache: 'risk', key: (query: PageQuery) => ['custom-fields', { ...query }], tags, reach })
  async list(query: PageQuery): Promise<Page<CustomFieldResponse>> {
    const page = this.pages.pageFor(['custom-fields'], query, byPosition);
    const [rows, all] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId);
      const { where, orderBy, position, slice } = page.sql(bind);
      return Promise.all([
        session.query<FieldRow>(
          `SELECT f.tenant_id, ${FIELD_JSON} AS field, ${position} AS position FROM custom_fields f
            WHERE f.tenant_id = $1 AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        query.total ? fieldsOf(session) : [],
      ]);
    });
    return { ...page.answer(rows, ({ field }) => field), ...(query.total ? { total: all.length } : {}) };
  }

  /** @throws NotFound 404 */
  @Cacheable({ cache: 'risk', key: (id: string) => ['custom-field', id], tags, reach })
  async get(id: string): Promise<CustomFieldResponse> {
    return this.database.read((session) => fieldIn(session, id));
  }
}

/** All definitions of the tenant: there are few. */
export async function fieldsOf(session: ReadSession): Promise<CustomFieldResponse[]> {
  const rows = await session.query<Pick<FieldRow, 'field'>>(
    `SELECT f.tenant_id, ${FIELD_JSON} AS field FROM custom_fields f WHERE f.tenant_id = $1 ORDER BY f.position, f.id`,
    [session.tenantId],
  );
  return rows.map(({ field }) => field);
}

/** @throws NotFound 404 */
export async function fieldIn(session: ReadSession, id: string): Promise<CustomFieldResponse> {
  const [row] = await session.query<Pick<FieldRow, 'field'>>(
    `SELECT f.tenant_id, ${FIELD_JSON} AS field FROM custom_fields f WHERE f.tenant_id = $1 AND f.id = $2`,
    [session.tenantId, id],
  );
  if (!row) throw new NotFound('custom field');
  return row.field;
}
