import { Injectable } from '@nestjs/common';
import { currentActor } from '../context/request-context';
import { bindings } from '../database/bindings';
import { Database } from '../database/database';
import { instantSql } from '../database/instant-sql';
import type { KeysetColumn } from '../database/keyset';
import { KeysetPages } from '../database/keyset-page';
import { NotFound } from '../errors/http.errors';
import type { Page, PageQuery } from '../http/pagination';
import { readJobFile } from '../jobs/job-files';
import { GrantsReader } from '../rbac/grants.reader';
import { Permission } from '../rbac/permission';
import type { JobResponse } from './job.dto';

const newestFirst: readonly KeysetColumn[] = [
  { sql: 'j.created_at', type: 'timestamptz', descending: true },
  { sql: 'j.id', type: 'uuid', descending: true },
];

const JOB_JSON = `json_build_object(
  'id', j.id, 'kind', j.kind, 'status', j.status, 'done', j.done, 'total', j.total, 'result', j.result, 'error', j.error,
  'hasFile', EXISTS (SELECT FROM job_files f
    WHERE f.tenant_id = j.tenant_id AND f.job_id = j.id AND f.kind = 'RESULT'),
  'createdBy', j.created_by, 'createdAt', ${instantSql('j.created_at')}, 'startedAt', ${instantSql('j.started_at')},
  'finishedAt', ${instantSql('j.finished_at')})`;

interface JobRow {
  readonly job: JobResponse;
  readonly position: string[];
}

/** One's own jobs, or with `system:read` all of the tenant. Never cached: they are asked for to see them move on. */
@Injectable()
export class JobReader {
  constructor(
    private readonly database: Database,
    private readonly pages: KeysetPages,
    private readonly grants: GrantsReader,
  ) {}

  async list(query: PageQuery): Promise<Page<JobResponse>> {
    const owner = await this.owner();
    const page = this.pages.pageFor(['jobs', owner], query, newestFirst);
    const [rows, [counted]] = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, owner);
      const { where, orderBy, position, slice } = page.sql(bind);
      return Promise.all([
        session.query<JobRow>(
          `SELECT j.tenant_id, ${JOB_JSON} AS job, ${position} AS position FROM background_jobs j
            WHERE j.tenant_id = $1 AND ${OF_OWNER} AND ${where} ORDER BY ${orderBy} ${slice}`,
          parameters,
        ),
        session.query<{ count: number }>(
          `SELECT count(*) AS count FROM background_jobs j WHERE j.tenant_id = $1 AND ${OF_OWNER}`,
          [session.tenantId, owner],
        ),
      ]);
    });
    // What became of each is told by the job itself.
    const items = page.answer(rows, ({ job }) => ({ ...job, result: null }));
    return { ...items, ...(query.total ? { total: counted?.count ?? 0 } : {}) };
  }

  /** @throws NotFound 404 */
  async get(id: string): Promise<JobResponse> {
    const owner = await this.owner();
    const [row] = await this.database.read((session) =>
      session.query<Pick<JobRow, 'job'>>(
        `SELECT j.tenant_id, ${JOB_JSON} AS job FROM background_jobs j
          WHERE j.tenant_id = $1 AND ${OF_OWNER} AND j.id = $3`,
        [session.tenantId, owner, id],
      ),
    );
    if (!row) throw new NotFound('job');
    return row.job;
  }

  /** What the job has left. @throws NotFound 404 */
  async file(id: string): Promise<{ job: JobResponse; bytes: Buffer }> {
    const job = await this.get(id);
    const bytes = await this.database.read((session) => readJobFile(session, id, 'RESULT'));
    if (!bytes) throw new NotFound('result of this job');
    return { job, bytes };
  }

  /** Whose jobs the caller sees; null for everybody's. */
  private async owner(): Promise<string | null> {
    return (await this.grants.scopeOf(Permission.SystemRead)) === 'tenant' ? null : currentActor().userId;
  }
}

const OF_OWNER = '($2::uuid IS NULL OR j.created_by = $2)';
