import { Injectable } from '@nestjs/common';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import { instantSql } from '../../database/instant-sql';
import type { KeysetColumn } from '../../database/keyset';
import { KeysetPages } from '../../database/keyset-page';
import { NotFound } from '../../errors/http.errors';
import type { Page, PageQuery } from '../../http/pagination';
import type { SyncRunResponse } from './sync-run.dto';

const newestFirst: readonly KeysetColumn[] = [
  { sql: 'r.created_at', type: 'timestamptz', descending: true },
  { sql: 'r.id', type: 'uuid', descending: true },
];

const RUN_JSON = `json_build_object(
  'id', r.id, 'appId', r.app_id, 'status', r.status, 'startedBy', r.started_by, 'createdBy', r.created_by,
  'jobId', r.job_id, 'counts', json_build_object('read', r.read, 'created', r.created, 'updated', r.updated,
    'unchanged', r.unchanged, 'skipped', r.skipped, 'failed', r.failed, 'vanished', r.vanished),
  'total', r.total, 'checkpoint', r.checkpoint, 'error', r.error, 'retryAt', ${instantSql('r.retry_at')},
  'failures', r.failures, 'createdAt', ${instantSql('r.created_at')}, 'startedAt', ${instantSql('r.started_at')},
  'finishedAt', ${instantSql('r.finished_at')})`;

interface RunRow {
  readonly run: SyncRunResponse;
  readonly position: string[];
}

/** Never cached: runs are asked for to see them move on. */
@Injectable()
export class SyncRunReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
  ) {}

  /** @throws NotFound 404 */
  async list(appId: string, query: PageQuery): Promise<Page<SyncRunResponse>> {
    const page = this.pages.pageFor(['sync-runs', appId], query, newestFirst);
    const [[app], rows] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, appId);
      const { where, orderBy, position, slice } = page.sql(bind);
      return Promise.all([
        session.query<{ runs: number }>(
          `SELECT (SELECT count(*) FROM sync_runs r WHERE r.tenant_id = a.tenant_id AND r.app_id = a.id) AS runs
             FROM apps a WHERE a.tenant_id = $1 AND a.id = $2`,
          [session.tenantId, appId],
        ),
        session.query<RunRow>(
          `SELECT r.tenant_id, ${RUN_JSON} AS run, ${position} AS position FROM sync_runs r
            WHERE r.tenant_id = $1 AND r.app_id = $2 AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
      ]);
    });
    if (!app) throw new NotFound('app');
    return { ...page.answer(rows, ({ run }) => run), ...(query.total ? { total: app.runs } : {}) };
  }

  /** @throws NotFound 404 */
  async get(appId: string, id: string): Promise<SyncRunResponse> {
    const [row] = await this.database.read((session) =>
      session.query<RunRow>(
        `SELECT r.tenant_id, ${RUN_JSON} AS run FROM sync_runs r
          WHERE r.tenant_id = $1 AND r.app_id = $2 AND r.id = $3`,
        [session.tenantId, appId, id],
      ),
    );
    if (!row) throw new NotFound('run');
    return row.run;
  }
}
