import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { Database } from '../../database/database';
import { NotFound } from '../../errors/http.errors';
import { movesFrom, type RiskStatus } from '../risk-lifecycle';
import { lifecycleFacts } from './lifecycle-facts';
import type { TransitionsResponse } from './lifecycle.dto';

@Injectable()
export class LifecycleReader {
  constructor(private readonly database: Database) {}

  /**
   * Where a risk may go from here, and why not elsewhere. Its guards look at the risk's mitigations: who changes those
   * evicts the risk.
   *
   * @throws NotFound 404
   */
  @Cacheable({ cache: 'risk', key: (id: string) => ['id', id, 'transitions'] })
  async transitions(id: string): Promise<TransitionsResponse> {
    const [[risk], facts] = await this.database.read((session) =>
      Promise.all([
        session.query<{ status: RiskStatus; version: number }>(
          'SELECT status, version FROM risks WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL',
          [session.tenantId, id],
        ),
        lifecycleFacts(session, id),
      ]),
    );
    if (!risk) throw new NotFound('risk');
    return { ...risk, moves: movesFrom(risk.status, facts) };
  }
}
