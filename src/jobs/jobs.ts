import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { contextIfAny } from '../context/request-context';
import { Database } from '../database/database';
import type { Transaction } from '../database/session';
import { afterCommit } from '../database/transaction.events';
import { NotFound } from '../errors/http.errors';
import type { QueueName } from './durable-job.decorator';
import { JobQueue } from './job-queue';
import { JobRegistry } from './job-registry';
import { JobFinished } from './jobs.errors';
import { JobWorkers } from './job-workers';

/** Hands in work that survives a restart, and takes it back. */
@Injectable()
export class Jobs {
  constructor(
    private readonly database: Database,
    private readonly queue: JobQueue,
    private readonly registry: JobRegistry,
    private readonly workers: JobWorkers,
  ) {}

  /**
   * Part of the transaction: when that commits the job is there, and worked on soon.
   *
   * @param kind of a method with `@DurableJob`
   * @param parameters plain JSON; never a secret
   * @param startAfter not worked on before
   * @returns the id of the job
   */
  async start(tx: Transaction, kind: string, parameters: object = {}, startAfter?: Date): Promise<string> {
    const queue = this.queueOf(kind);
    const id = uuidv7();
    await tx.query(
      `INSERT INTO background_jobs (tenant_id, id, kind, parameters, created_by) VALUES ($1, $2, $3, $4, $5)`,
      [tx.tenantId, id, kind, JSON.stringify(parameters), contextIfAny()?.actor?.userId ?? null],
    );
    const data = { kind, tenantId: tx.tenantId, record: id };
    await this.queue.add(tx, { id, queue, data, ...(startAfter ? { startAfter } : {}) });
    afterCommit(() => this.workers.wake(queue));
    return id;
  }

  /**
   * A job that waits never begins; one that runs is interrupted within a few seconds.
   *
   * @throws NotFound 404; JobFinished 409
   */
  async cancel(id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [job] = await tx.query<{ kind: string; status: string }>(
        `SELECT kind, status FROM background_jobs WHERE tenant_id = $1 AND id = $2 FOR UPDATE`,
        [tx.tenantId, id],
      );
      if (!job) throw new NotFound('job');
      if (job.status !== 'QUEUED' && job.status !== 'RUNNING') throw new JobFinished(job.status);
      const isRunning = job.status === 'RUNNING';
      await tx.query(
        `UPDATE background_jobs SET cancel_requested_at = now(), status = $3, finished_at = $4
          WHERE tenant_id = $1 AND id = $2`,
        [tx.tenantId, id, isRunning ? 'RUNNING' : 'CANCELLED', isRunning ? null : new Date()],
      );
      if (!isRunning) await this.queue.cancel(tx, this.queueOf(job.kind), id);
    });
  }

  private queueOf(kind: string): QueueName {
    const registered = this.registry.find(kind);
    if (!registered) throw new Error(`Nothing works on jobs of the kind ${kind}`);
    return registered.queue ?? 'short';
  }
}
