import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database';
import { DurableJob } from '../../jobs/durable-job.decorator';

/** From so many rows on: fewer are added up in no time. */
const WORTH_IT = 500;

const compacted = (table: string, keys: string, sums: readonly string[]): string => `
  WITH taken AS (
    DELETE FROM ${table} WHERE tenant_id = $1 AND (SELECT count(*) FROM ${table} WHERE tenant_id = $1) > ${WORTH_IT}
    RETURNING *
  )
  INSERT INTO ${table} (tenant_id, ${keys}, ${sums.join(', ')})
  SELECT tenant_id, ${keys}, ${sums.map((sum) => `sum(${sum})`).join(', ')} FROM taken
   GROUP BY tenant_id, ${keys} HAVING ${sums.map((sum) => `sum(${sum}) <> 0`).join(' OR ')}`;

/** Makes one row of many, that say the same: what reads add up stays short. */
@Injectable()
export class TallyCompaction {
  constructor(private readonly database: Database) {}

  @DurableJob({ kind: 'risk.compact-tallies', every: 'hour' })
  async compact(): Promise<void> {
    await this.database.transaction(async (tx) => {
      const sums = ['risks', 'score_hundredths', 'high'];
      await tx.query(compacted('risk_tallies', 'severity, status, probability, impact', sums), [tx.tenantId]);
      await tx.query(compacted('risk_dues', 'due_date', ['risks']), [tx.tenantId]);
      await tx.query(compacted('risk_groups', 'grouping, key', ['risks', 'score_hundredths']), [tx.tenantId]);
    });
  }
}
