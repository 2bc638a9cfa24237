import { Injectable } from '@nestjs/common';
import { Cacheable } from '../cache/cacheable.decorator';
import { currentReach } from '../context/rights';
import { bindings } from '../database/bindings';
import { Database } from '../database/database';
import { KeysetPages } from '../database/keyset-page';
import type { ReadSession } from '../database/session';
import { NotFound } from '../errors/http.errors';
import type { Page } from '../http/pagination';
import { Permission } from '../rbac/permission';
import { filterOf, filterSql, type RiskFilter } from './risk-filter';
import { RISK_JSON } from './risk-json';
import type { RiskQuery } from './risk-query.dto';
import { reachSql } from './risk-reach';
import { talliedTotal } from './statistics/tallied-total';
import { toRiskScoreResponse, type RiskScoreResponse } from './risk-score.dto';
import { sortColumns } from './risk-sort';
import { listedRisks, RiskTags, rowTags } from './risk.cache';
import type { RiskResponse } from './risk.dto';
import { thresholdsOf } from './settings/risk-settings';
import { settingsInForce } from './settings/settings-rows';

interface ListRow {
  readonly risk: RiskResponse;
  readonly position: string[];
}

const reach = [Permission.RiskRead];

/** Questions about risks that are not deleted and within the caller's reach. `today` is the UTC day that decides what is overdue. */
@Injectable()
export class RiskReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  /** @throws NotFound 404 */
  @Cacheable({ cache: 'risk', key: (id: string) => ['id', id, 'state'], reach })
  async get(id: string): Promise<RiskResponse> {
    const [row] = await this.database.read((session) => findRisk(session, id));
    if (!row) throw new NotFound('risk');
    return row.risk;
  }

  /** @throws NotFound 404 */
  @Cacheable({ cache: 'risk', key: (id: string) => ['id', id, 'state', 'score'], reach })
  async score(id: string): Promise<RiskScoreResponse> {
    // From one snapshot: the severity is explained by the thresholds that it was found by.
    const [[row], settings] = await this.database.read((session) =>
      Promise.all([findRisk(session, id), settingsInForce(session)]),
    );
    if (!row) throw new NotFound('risk');
    return toRiskScoreResponse(row.risk, { version: settings.version, thresholds: thresholdsOf(settings) });
  }

  @Cacheable({
    cache: 'risk',
    key: (query: RiskQuery, today: string) => ['list', { ...query, ...filterOf(query), today: dayIn(query, today) }],
    tags: listedRisks,
    resultTags: { among: rowTags, of: ({ items }: Page<RiskResponse>) => items.map(({ id }) => RiskTags.row(id)) },
    reach,
  })
  async list(query: RiskQuery, today: string): Promise<Page<RiskResponse>> {
    const filter = filterOf(query);
    const [page, total] = await Promise.all([
      this.page(query, filter, today),
      query.total ? this.total(filter, today) : undefined,
    ]);
    return { ...page, ...(total === undefined ? {} : { total }) };
  }

  /** Counted apart from the pages, and kept for all of them. */
  @Cacheable({
    cache: 'risk',
    key: (filter: RiskFilter, today: string) => ['total', { ...filter, today: dayIn(filter, today) }],
    tags: listedRisks,
    reach,
  })
  async total(filter: RiskFilter, today: string): Promise<number> {
    const [row] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId);
      const isWhole = currentReach(Permission.RiskRead) === 'tenant';
      const statement =
        (isWhole ? talliedTotal(filter, bind) : undefined) ??
        `SELECT count(*) AS count FROM risks r
          WHERE r.tenant_id = $1 AND ${filterSql(filter, today, bind)} AND ${reachable(bind)}`;
      return session.query<{ count: number }>(statement, parameters);
    });
    return row?.count ?? 0;
  }

  private async page(query: RiskQuery, filter: RiskFilter, today: string): Promise<Page<RiskResponse>> {
    const list = ['risks', query.sort, Object.entries(filter).sort()];
    const page = this.pages.pageFor(list, query, sortColumns(query.sort));
    const rows = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId);
      const where = filterSql(filter, today, bind);
      const { where: behind, orderBy, position, slice } = page.sql(bind);
      return session.query<ListRow>(
        // The page is cut first: JSON is made of its rows only, not of those that an offset skips.
        `SELECT r.tenant_id, ${RISK_JSON} AS risk, ${position} AS position
           FROM (SELECT * FROM risks r
                  WHERE r.tenant_id = $1 AND ${where} AND ${reachable(bind)} AND ${behind}
                  ORDER BY ${orderBy}
                  ${slice}) r
          ORDER BY ${orderBy}`,
        parameters,
      );
    });
    return page.answer(rows, ({ risk }) => risk);
  }
}

function findRisk(session: ReadSession, id: string): Promise<{ risk: RiskResponse }[]> {
  const { parameters, bind } = bindings(session.tenantId, id);
  return session.query<{ risk: RiskResponse }>(
    `SELECT r.tenant_id, ${RISK_JSON} AS risk FROM risks r
      WHERE r.tenant_id = $1 AND r.id = $2 AND r.deleted_at IS NULL AND ${reachable(bind)}`,
    parameters,
  );
}

function reachable(bind: (value: unknown) => string): string {
  return reachSql(currentReach(Permission.RiskRead), bind);
}

/** The day belongs to the answer only where something depends on it. */
function dayIn({ overdue }: RiskFilter, today: string): string | undefined {
  return overdue === undefined ? undefined : today;
}
