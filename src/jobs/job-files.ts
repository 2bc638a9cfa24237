import type { ReadSession, Transaction } from '../database/session';

const PART_BYTES = 1_048_576;

/** `INPUT`: what the job works on, gone when it is done. `RESULT`: what it leaves to be fetched, for some days. */
export type JobFileKind = 'INPUT' | 'RESULT';

/** Part of the transaction, as the job is that it belongs to. */
export async function writeJobFile(tx: Transaction, jobId: string, kind: JobFileKind, bytes: Buffer): Promise<void> {
  for (let part = 0; part * PART_BYTES < Math.max(1, bytes.length); part++) {
    await tx.query('INSERT INTO job_files (tenant_id, job_id, kind, part, bytes) VALUES ($1, $2, $3, $4, $5)', [
      ...[tx.tenantId, jobId, kind, part, bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES)],
    ]);
  }
}

/** Undefined when there is none, or not any more. */
export async function readJobFile(session: ReadSession, jobId: string, kind: JobFileKind): Promise<Buffer | undefined> {
  const rows = await session.query<{ bytes: Buffer }>(
    'SELECT tenant_id, bytes FROM job_files WHERE tenant_id = $1 AND job_id = $2 AND kind = $3 ORDER BY part',
    [session.tenantId, jobId, kind],
  );
  return rows.length === 0 ? undefined : Buffer.concat(rows.map(({ bytes }) => bytes));
}

export async function deleteJobFile(tx: Transaction, jobId: string, kind: JobFileKind): Promise<void> {
  await tx.query('DELETE FROM job_files WHERE tenant_id = $1 AND job_id = $2 AND kind = $3', [
    ...[tx.tenantId, jobId, kind],
  ]);
}
