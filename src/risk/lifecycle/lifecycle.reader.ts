import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { currentReach } from '../../context/rights';
import { bindings } from '../../database/bindings';
import { Database } from '../../database/database';
import type { ReadSession } from '../../database/session';
import { NotFound } from '../../errors/http.errors';
import { Permission } from '../../rbac/permission';
import { movesFrom, type RiskStatus } from './risk-lifecycle';
import { MitigationTags } from '../mitigations/mitigation.cache';
import { reachSql } from '../risk-reach';
import { lifecycleFacts } from './lifecycle-facts';
import type { TransitionsResponse } from './lifecycle.dto';

@Injectable()
export class LifecycleReader {
  constructor(private readonly database: Database) {}

  /**
   * Where a risk may go from here, and why not elsewhere. Its guards look at the risk's mitigations, and at its
   * acceptance: who changes that evicts the risk. `today` is the UTC day that decides whether an acceptance is in force.
   *
   * @throws NotFound 404
   */
  @Cacheable({
    cache: 'risk',
    key: (id: string, today: string) => ['id', id, 'state', 'transitions', today],
    tags: [MitigationTags.ofRisk],
    reach: [Permission.RiskRead],
  })
  async transitions(id: string, today: string): Promise<TransitionsResponse> {
    const [[risk], facts] = await this.database.read((session) =>
      Promise.all([standing(session, id), lifecycleFacts(session, id, today)]),
    );
    if (!risk) throw new NotFound('risk');
    return { ...risk, moves: movesFrom(risk.status, facts) };
  }
}

function standing(session: ReadSession, id: string): Promise<{ status: RiskStatus; version: number }[]> {
  const { parameters, bind } = bindings(session.tenantId, id);
  return session.query(
    `SELECT r.status, r.version FROM risks r
      WHERE r.tenant_id = $1 AND r.id = $2 AND r.deleted_at IS NULL
        AND ${reachSql(currentReach(Permission.RiskRead), bind)}`,
    parameters,
  );
}
