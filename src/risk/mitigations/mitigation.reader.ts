import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { currentReach } from '../../context/rights';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { KeysetPages, type KeysetPage } from '../../database/keyset-page';
import type { ReadSession } from '../../database/session';
import { NotFound } from '../../errors/http.errors';
import type { Page, PageQuery } from '../../http/pagination';
import { Permission } from '../../rbac/permission';
import { reachSql } from '../risk-reach';
import { RiskTags } from '../risk.cache';
import { mitigationFilterOf, mitigationFilterSql, type MitigationFilter } from './mitigation-filter';
import { MITIGATION_JSON } from './mitigation-json';
import type { MitigationQuery } from './mitigation-query.dto';
import { mitigationReachSql } from './mitigation-reach';
import { mitigationSort } from './mitigation-sort';
import { listedMitigations, mitigationRowTags, MitigationTags } from './mitigation.cache';
import type { MitigationResponse } from './mitigation.dto';

interface ListRow {
  readonly mitigation: MitigationResponse;
  readonly position: string[];
}

const reach = [Permission.MitigationRead];
const oldestFirst = mitigationSort('createdAt');

const OF_SEEN_RISKS = `
  FROM mitigations m JOIN risks r ON r.tenant_id = m.tenant_id AND r.id = m.risk_id
 WHERE m.tenant_id = $1 AND r.deleted_at IS NULL`;

/** Questions about mitigations of risks that are not deleted, within the caller's reach. `today` is the UTC day that decides what is overdue. */
@Injectable()
export class MitigationReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  /** @throws NotFound 404 */
  @Cacheable({ cache: 'risk', key: (id: string) => ['mitigation', id], tags: [RiskTags.all], reach })
  async get(id: string): Promise<MitigationResponse> {
    const [row] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, id);
      return session.query<Pick<ListRow, 'mitigation'>>(
        `SELECT m.tenant_id, ${MITIGATION_JSON} AS mitigation ${OF_SEEN_RISKS} AND m.id = $2 AND ${reachable(bind)}`,
        parameters,
      );
    });
    if (!row) throw new NotFound('mitigation');
    return row.mitigation;
  }

  @Cacheable({
    cache: 'risk',
    key: (query: MitigationQuery, today: string) => [
      'mitigations',
      { ...query, ...mitigationFilterOf(query), today: dayIn(query, today) },
    ],
    tags: listedMitigations,
    resultTags: {
      among: mitigationRowTags,
      of: ({ items }: Page<MitigationResponse>) => items.map(({ id }) => MitigationTags.row(id)),
    },
    reach,
  })
  async list(query: MitigationQuery, today: string): Promise<Page<MitigationResponse>> {
    const filter = mitigationFilterOf(query);
    const list = ['mitigations', query.sort, Object.entries(filter)];
    const page = this.pages.pageFor(list, query, mitigationSort(query.sort));
    const [rows, total] = await Promise.all([
      this.database.read((session) => {
        const { parameters, bind } = bindings(session.tenantId);
        const where = `${mitigationFilterSql(filter, today, bind)} AND ${reachable(bind)}`;
        return pageOf(session, page, where, parameters, bind);
      }),
      query.total ? this.total(filter, today) : undefined,
    ]);
    return { ...page.answer(rows, ({ mitigation }) => mitigation), ...(total === undefined ? {} : { total }) };
  }

  /** Counted apart from the pages, and kept for all of them. */
  @Cacheable({
    cache: 'risk',
    key: (filter: MitigationFilter, today: string) => [
      'mitigations',
      'total',
      { ...filter, today: dayIn(filter, today) },
    ],
    tags: listedMitigations,
    reach,
  })
  async total(filter: MitigationFilter, today: string): Promise<number> {
    const [row] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId);
      const where = mitigationFilterSql(filter, today, bind);
      return session.query<{ count: number }>(
        `SELECT count(*) AS count ${OF_SEEN_RISKS} AND ${where} AND ${reachable(bind)}`,
        parameters,
      );
    });
    return row?.count ?? 0;
  }

  /**
   * All of one risk, oldest first: who reaches the risk sees them.
   *
   * @throws NotFound 404
   */
  @Cacheable({
    cache: 'risk',
    key: (riskId: string, query: PageQuery) => ['id', riskId, 'mitigations', { ...query }],
    reach,
  })
  async ofRisk(riskId: string, query: PageQuery): Promise<Page<MitigationResponse>> {
    const page = this.pages.pageFor(['mitigations', riskId], query, oldestFirst);
    const [[risk], rows] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, riskId);
      return Promise.all([countOf(session, riskId), pageOf(session, page, 'm.risk_id = $2', parameters, bind)]);
    });
    if (!risk) throw new NotFound('risk');
    return {
      ...page.answer(rows, ({ mitigation }) => mitigation),
      ...(query.total ? { total: risk.mitigations } : {}),
    };
  }
}

/** The page is cut first: JSON is made of its rows only, not of those that an offset skips. */
function pageOf(
  session: ReadSession,
  page: KeysetPage,
  where: string,
  parameters: readonly unknown[],
  bind: (value: unknown) => string,
): Promise<ListRow[]> {
  const { where: behind, orderBy, position, slice } = page.sql(bind);
  return session.query<ListRow>(
    `SELECT m.tenant_id, ${MITIGATION_JSON} AS mitigation, ${position} AS position
       FROM (SELECT m.* ${OF_SEEN_RISKS} AND ${where} AND ${behind} ORDER BY ${orderBy} ${slice}) m
      ORDER BY ${orderBy}`,
    parameters,
  );
}

/** No row for a risk that the caller does not reach. */
function countOf(session: ReadSession, riskId: string): Promise<{ mitigations: number }[]> {
  const { parameters, bind } = bindings(session.tenantId, riskId);
  return session.query(
    `SELECT r.tenant_id, (
        SELECT count(*) FROM mitigations m WHERE m.tenant_id = r.tenant_id AND m.risk_id = r.id) AS mitigations
       FROM risks r
      WHERE r.tenant_id = $1 AND r.id = $2 AND r.deleted_at IS NULL
        AND ${reachSql(currentReach(Permission.MitigationRead), bind)}`,
    parameters,
  );
}

function reachable(bind: (value: unknown) => string): string {
  return mitigationReachSql(currentReach(Permission.MitigationRead), bind);
}

/** The day belongs to the answer only where something depends on it. */
function dayIn({ overdue }: MitigationFilter, today: string): string | undefined {
  return overdue === undefined ? undefined : today;
}
