import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { currentActor } from '../../context/request-context';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { assertVersion, type ExpectedVersion } from '../../http/conditional';
import { GrantsReader } from '../../rbac/grants.reader';
import { Permission } from '../../rbac/permission';
import { decisionOn } from '../risk-reach';
import { lockRisk } from '../risk-record';
import type { RiskResponse } from '../risk.dto';
import { CommentTags } from './comment.cache';
import type { CommentRequest, CommentResponse } from './comment.dto';
import { NotYourComment } from './comment.errors';
import { lockComment } from './comment.reader';

const evicted = { tags: [CommentTags.of] };

/** Who may change a risk may speak about it, and change what they have said. */
@Injectable()
export class CommentService {
  constructor(
    private readonly database: Database,
    private readonly grants: GrantsReader,
    private readonly audit: AuditLog,
  ) {}

  /** @throws NotFound 404, Forbidden 403 */
  @CacheEvict(evicted)
  create(riskId: string, { text }: CommentRequest): Promise<CommentResponse> {
    const id = newId();
    return this.database.transaction(async (tx) => {
      await this.lock(tx, riskId);
      await tx.query(
        'INSERT INTO risk_comments (tenant_id, id, risk_id, author_id, text) VALUES ($1, $2, $3, $4, $5)',
        [tx.tenantId, id, riskId, currentActor().userId, text],
      );
      await this.record(tx, 'risk.comment', riskId, { commentId: id });
      return lockComment(tx, riskId, id);
    });
  }

  /** @throws NotFound 404, Forbidden 403, NotYourComment 403, StaleVersion 412 */
  @CacheEvict(evicted)
  update(riskId: string, id: string, expected: ExpectedVersion, { text }: CommentRequest): Promise<CommentResponse> {
    return this.database.transaction(async (tx) => {
      await this.lock(tx, riskId);
      const comment = await lockComment(tx, riskId, id);
      if (comment.authorId !== currentActor().userId) throw new NotYourComment();
      assertVersion(expected, comment.version);
      if (text === comment.text) return comment;
      await tx.query(
        `UPDATE risk_comments SET text = $4, version = version + 1, updated_at = statement_timestamp()
          WHERE tenant_id = $1 AND risk_id = $2 AND id = $3`,
        [tx.tenantId, riskId, id, text],
      );
      await this.record(tx, 'risk.change-comment', riskId, { commentId: id });
      return lockComment(tx, riskId, id);
    });
  }

  /** One's own, or with `risk:admin` anybody's. @throws NotFound 404, Forbidden 403, StaleVersion 412 */
  @CacheEvict(evicted)
  remove(riskId: string, id: string, expected: ExpectedVersion): Promise<void> {
    return this.database.transaction(async (tx) => {
      const risk = await this.lock(tx, riskId);
      const { authorId, version } = await lockComment(tx, riskId, id);
      if (authorId !== currentActor().userId) this.grants.assertReaches(Permission.RiskAdmin, decisionOn(risk));
      assertVersion(expected, version);
      await tx.query('DELETE FROM risk_comments WHERE tenant_id = $1 AND risk_id = $2 AND id = $3', [
        ...[tx.tenantId, riskId, id],
      ]);
      await this.record(tx, 'risk.delete-comment', riskId, { commentId: id, authorId });
    });
  }

  private async lock(tx: Transaction, riskId: string): Promise<RiskResponse> {
    const risk = await lockRisk(tx, riskId);
    this.grants.assertReaches(Permission.RiskUpdate, decisionOn(risk));
    return risk;
  }

  private record(tx: Transaction, action: string, resourceId: string, details: Record<string, unknown>): Promise<void> {
    return this.audit.record(tx, { action, resource: 'risk', resourceId, details });
  }
}
