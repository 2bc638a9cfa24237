import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import { UnprocessableBody } from '../../errors/http.errors';
import type { Page, PageQuery } from '../../http/pagination';
import { Permission } from '../../rbac/permission';
import { LargeChanges } from '../large-changes';
import { figuresOf, readMoves, readMovingRisks } from './preview';
import { problemsOf, thresholdsOf, type RiskSettings } from './risk-settings';
import type { RiskSettingsResponse, SettingsPreviewResponse } from './settings.dto';
import { FIRST_VERSION, FROM_SETTINGS, SETTINGS_JSON, settingsInForce } from './settings-rows';

const newestFirst: readonly KeysetColumn[] = [{ sql: 's.version', type: 'int4', descending: true }];
const reach = [Permission.RiskRead];

interface VersionRow {
  readonly settings: RiskSettingsResponse;
  readonly position: string[];
}

@Injectable()
export class SettingsReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
    private readonly largeChanges: LargeChanges,
  ) {}

  @Cacheable({ cache: 'risk', key: () => ['settings'], reach })
  async current(): Promise<RiskSettingsResponse> {
    return this.database.read((session) => settingsInForce(session));
  }

  /** Newest first. */
  @Cacheable({
    cache: 'risk',
    key: (query: PageQuery) => ['settings', 'versions', { ...query }],
    reach,
  })
  async versions(query: PageQuery): Promise<Page<RiskSettingsResponse>> {
    const page = this.pages.pageFor(['risk-settings'], query, newestFirst);
    const [current, rows] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId);
      const { where, orderBy, position, slice } = page.sql(bind);
      return Promise.all([
        settingsInForce(session),
        session.query<VersionRow>(
          `SELECT s.tenant_id, ${SETTINGS_JSON} AS settings, ${position} AS position ${FROM_SETTINGS}
            WHERE s.tenant_id = $1 AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
      ]);
    });
    // Versions count from 1 without gaps; the first is stored with the second.
    const total = query.total ? { total: current.version } : {};
    const answer = page.answer(rows, ({ settings }) => settings);
    const isFirstPage = query.cursor === undefined && (query.page ?? 1) === 1;
    return { ...answer, ...(current.version === 1 && isFirstPage ? { items: [FIRST_VERSION] } : {}), ...total };
  }

  /**
   * What settings would change about the risks that the caller reaches.
   *
   * @throws UnprocessableBody 422, Unavailable 503 when too many wait
   */
  preview(settings: RiskSettings): Promise<SettingsPreviewResponse> {
    assertSettings(settings);
    const thresholds = thresholdsOf(settings);
    return this.largeChanges.run(() =>
      this.database.read(async (session) => {
        const [current, moves, risks] = await Promise.all([
          settingsInForce(session),
          readMoves(session, thresholds),
          readMovingRisks(session, thresholds),
        ]);
        return { settingsVersion: current.version, ...figuresOf(moves), risks };
      }),
    );
  }
}

/** @throws UnprocessableBody 422 with everything that is wrong */
export function assertSettings(settings: RiskSettings): void {
  const problems = problemsOf(settings);
  if (problems.length > 0) throw new UnprocessableBody('These settings do not fit together.', problems);
}
