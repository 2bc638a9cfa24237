import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../../cache/cacheable.decorator';
import { currentReach } from '../../../context/rights';
import { bindings } from '../../../database/bindings';
import { Database } from '../../../database/database';
import type { KeysetColumn } from '../../../database/keyset';
import { KeysetPages, type KeysetPage } from '../../../database/keyset-page';
import type { ReadSession } from '../../../database/session';
import { NotFound } from '../../../errors/http.errors';
import type { Page, PageQuery } from '../../../http/pagination';
import { Permission } from '../../../rbac/permission';
import { RiskTags } from '../../risk.cache';
import { mitigationReachSql } from '../mitigation-reach';
import { SUB_ACTION_JSON } from './sub-action-rows';
import type { SubActionResponse } from './sub-action.dto';

const inOrder: readonly KeysetColumn[] = [
  { sql: 's.position', type: 'int4', descending: false },
  { sql: 's.id', type: 'uuid', descending: false },
];

interface SubActionRow {
  readonly subAction: SubActionResponse;
  readonly position: string[];
}

@Injectable()
export class SubActionReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  /**
   * Those of one mitigation, in their order.
   *
   * @throws NotFound 404
   */
  @Cacheable({
    cache: 'risk',
    key: (mitigationId: string, query: PageQuery) => ['mitigation', mitigationId, 'sub-actions', { ...query }],
    tags: [RiskTags.all],
    reach: [Permission.MitigationRead],
  })
  async list(mitigationId: string, query: PageQuery): Promise<Page<SubActionResponse>> {
    const page = this.pages.pageFor(['sub-actions', mitigationId], query, inOrder);
    const [[mitigation], rows] = await this.database.read((session) =>
      Promise.all([countOf(session, mitigationId), subActions(session, mitigationId, page)]),
    );
    if (!mitigation) throw new NotFound('mitigation');
    return {
      ...page.answer(rows, ({ subAction }) => subAction),
      ...(query.total ? { total: mitigation.subActions } : {}),
    };
  }
}

/** No row for a mitigation that the caller does not reach. */
function countOf(session: ReadSession, mitigationId: string): Promise<{ subActions: number }[]> {
  const { parameters, bind } = bindings(session.tenantId, mitigationId);
  return session.query(
    `SELECT m.tenant_id, (
        SELECT count(*) FROM mitigation_sub_actions s
         WHERE s.tenant_id = m.tenant_id AND s.mitigation_id = m.id) AS "subActions"
       FROM mitigations m JOIN risks r ON r.tenant_id = m.tenant_id AND r.id = m.risk_id
      WHERE m.tenant_id = $1 AND m.id = $2 AND r.deleted_at IS NULL
        AND ${mitigationReachSql(currentReach(Permission.MitigationRead), bind)}`,
    parameters,
  );
}

function subActions(session: ReadSession, mitigationId: string, page: KeysetPage): Promise<SubActionRow[]> {
  const { parameters, bind } = bindings(session.tenantId, mitigationId);
  const { where, orderBy, position, slice } = page.sql(bind);
  return session.query<SubActionRow>(
    `SELECT s.tenant_id, ${SUB_ACTION_JSON} AS "subAction", ${position} AS position
       FROM mitigation_sub_actions s
      WHERE s.tenant_id = $1 AND s.mitigation_id = $2 AND ${where}
      ORDER BY ${orderBy}
      ${slice}`,
    parameters,
  );
}
