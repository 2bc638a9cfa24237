import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { currentActor } from '../../context/request-context';
import { Database } from '../../database/database';
import { UnprocessableBody } from '../../errors/http.errors';
import { assertVersion, type ExpectedVersion } from '../../http/conditional';
import { utcToday } from '../../http/period';
import { Permission } from '../../rbac/permission';
import { RiskChanges } from '../risk-changes';
import { RiskTags } from '../risk.cache';
import { nextReview } from './review-cadence';
import type { ReviewRequest, ReviewResponse } from './review.dto';
import { REVIEW_JSON } from './review.reader';

@Injectable()
export class ReviewService {
  constructor(
    private readonly database: Database,
    private readonly changes: RiskChanges,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Writes down that somebody has looked at the risk, and when that is due again.
   *
   * @throws NotFound 404, OutOfReach 403, StaleVersion 412, UnprocessableBody 422 for a next review that is not ahead
   */
  @CacheEvict({ tags: [RiskTags.one, RiskTags.shown, RiskTags.row, RiskTags.reviewed] })
  review(
    riskId: string,
    expected: ExpectedVersion,
    { outcome, note, nextReviewAt }: ReviewRequest,
  ): Promise<ReviewResponse> {
    const today = utcToday();
    if (nextReviewAt !== undefined && nextReviewAt <= today) throw notAhead();
    return this.database.transaction(async (tx) => {
      const risk = await this.changes.lock(tx, riskId, Permission.RiskUpdate);
      assertVersion(expected, risk.version);
      const next = nextReviewAt ?? nextReview(risk, today);
      const [row] = await tx.query<{ review: ReviewResponse }>(
        `WITH r AS (
           INSERT INTO risk_reviews (tenant_id, id, risk_id, risk_version, outcome, note, next_review_at, reviewed_by,
             reviewed_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, statement_timestamp()) RETURNING *)
         SELECT ${REVIEW_JSON} AS review FROM r`,
        [tx.tenantId, newId(), riskId, risk.version, outcome, note ?? null, next, currentActor().userId],
      );
      if (!row) throw new Error('A review that was just stored is not there');
      await this.changes.follow(tx, risk, { nextReviewAt: next }, `Reviewed: ${outcome}.`);
      const details = { reviewId: row.review.id, version: risk.version, outcome, nextReviewAt: next };
      await this.audit.record(tx, { action: 'risk.review', resource: 'risk', resourceId: riskId, details });
      return row.review;
    });
  }
}

function notAhead(): UnprocessableBody {
  return new UnprocessableBody('The next review is not ahead.', [
    { pointer: '/nextReviewAt', code: 'past', message: 'must be after today (UTC)' },
  ]);
}
