import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { CacheEvict } from '../../../cache/cache-evict.decorator';
import { currentActor } from '../../../context/request-context';
import { Database } from '../../../database/database';
import type { Transaction } from '../../../database/session';
import { UnprocessableBody } from '../../../errors/http.errors';
import { DurableJob } from '../../../jobs/durable-job.decorator';
import { deleteJobFile, readJobFile, writeJobFile } from '../../../jobs/job-files';
import { Jobs } from '../../../jobs/jobs';
import type { RunningJob } from '../../../jobs/running-job';
import { RiskTags } from '../../risk.cache';
import type { ImportQuery, ImportResponse } from '../import.dto';
import { ImportService } from '../import.service';
import { currentReaches, type ImportReaches } from '../importer';
import { FailedRows } from './failed-rows';

const KIND = 'risk.import';

interface ImportParameters {
  readonly mediaType?: string;
  readonly query: ImportQuery;
  /** Of who has asked for it, when they did. */
  readonly reaches: ImportReaches;
}

const RESULT = 'SELECT result FROM background_jobs WHERE tenant_id = $1 AND id = $2';
const STILL_MEMBER = `SELECT 1 FROM memberships WHERE tenant_id = $1 AND user_id = $2 AND status = 'ACTIVE'`;

/** Imports that nobody waits for: the file is kept until it has been worked on, by whichever process gets to it. */
@Injectable()
export class ImportJob {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly imports: ImportService,
  ) {}

  /** @returns the id of the job */
  start(file: Buffer, mediaType: string | undefined, query: ImportQuery): Promise<string> {
    const parameters: ImportParameters = {
      ...(mediaType === undefined ? {} : { mediaType }),
      ...{ query, reaches: currentReaches() },
    };
    return this.database.transaction(async (tx) => {
      const id = await this.jobs.start(tx, KIND, parameters);
      await writeJobFile(tx, id, 'INPUT', file);
      return id;
    });
  }

  /** All of it or nothing; the result is stored with it, so that a second attempt after a crash imports nothing twice. */
  @DurableJob({ kind: KIND, queue: 'long' })
  @CacheEvict({ tags: [RiskTags.all, RiskTags.each] })
  async run(job: RunningJob<ImportParameters>): Promise<unknown> {
    const { parameters, id } = job;
    const [file, [before], [member]] = await this.database.read((session) =>
      Promise.all([
        readJobFile(session, id, 'INPUT'),
        session.query<{ result: unknown }>(RESULT, [session.tenantId, id]),
        session.query(STILL_MEMBER, [session.tenantId, currentActor().userId]),
      ]),
    );
    if (before?.result) return before.result;
    if (!member) throw new UnprocessableBody('Whoever has asked for this import is no active member any more.');
    if (!file) throw new UnprocessableBody('The file of this import is gone.');
    // What is told of the progress is seen at once: it is no part of the import's transaction.
    const progress = AsyncResource.bind((done: number, total: number) => job.report(done, total));
    const failed = new FailedRows();
    return this.imports.store(file, parameters.mediaType, parameters.query, {
      ...{ reaches: parameters.reaches, progress, signal: job.signal },
      planned: (rows) => failed.add(rows),
      atTheEnd: (tx, result) => keep(tx, id, result, failed.file()),
    });
  }
}

async function keep(tx: Transaction, id: string, result: ImportResponse, failed: Buffer | undefined): Promise<void> {
  await tx.query('UPDATE background_jobs SET result = $3 WHERE tenant_id = $1 AND id = $2', [
    ...[tx.tenantId, id, JSON.stringify(result)],
  ]);
  if (failed !== undefined) await writeJobFile(tx, id, 'RESULT', failed);
  await deleteJobFile(tx, id, 'INPUT');
}
