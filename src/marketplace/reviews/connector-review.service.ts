import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { AuditLog } from '../../audit/audit-log';
import { CacheEvict } from '../../cache/cache-evict.decorator';
import { currentActor } from '../../context/request-context';
import { Database } from '../../database/database';
import type { Transaction } from '../../database/session';
import { brokenConstraint } from '../../database/sql-errors';
import { Catalogue } from '../catalogue/catalogue';
import { AppTags, CatalogueTags } from '../marketplace.cache';
import { AlreadyReviewed, NeverInstalled } from '../marketplace.errors';
import type { ConnectorReviewResponse, ReviewConnector } from './connector-review.dto';
import { REVIEW_JSON } from './connector-review.reader';

@Injectable()
export class ConnectorReviewService {
  constructor(
    private readonly database: Database,
    private readonly catalogue: Catalogue,
    private readonly audit: AuditLog,
  ) {}

  /** One of each person, of what the tenant has or had. @throws NotFound 404, NeverInstalled 409, AlreadyReviewed 409 */
  @CacheEvict({ tags: [AppTags.reviews, CatalogueTags.all] })
  review(connectorId: string, { rating, comment = '' }: ReviewConnector): Promise<ConnectorReviewResponse> {
    const { slug } = this.catalogue.get(connectorId).manifest;
    const id = newId();
    return this.database.transaction(async (tx) => {
      await assertInstalled(tx, connectorId);
      const { userId } = currentActor();
      await oncePerPerson(
        tx.query(
          `INSERT INTO connector_reviews (tenant_id, id, connector_id, user_id, rating, comment) VALUES ($1, $2, $3, $4, $5, $6)`,
          [tx.tenantId, id, connectorId, userId, rating, comment],
        ),
      );
      const details = { connector: slug, rating };
      await this.audit.record(tx, {
        action: 'connector.review',
        resource: 'connector',
        resourceId: connectorId,
        details,
      });
      const [row] = await tx.query<{ review: ConnectorReviewResponse }>(
        `SELECT ${REVIEW_JSON} AS review FROM connector_reviews r WHERE r.tenant_id = $1 AND r.id = $2`,
        [tx.tenantId, id],
      );
      if (!row) throw new Error('A review that was just stored is not there');
      return row.review;
    });
  }
}

/** @throws NeverInstalled 409 */
async function assertInstalled(tx: Transaction, connectorId: string): Promise<void> {
  const apps = await tx.query('SELECT FROM apps WHERE tenant_id = $1 AND connector_id = $2 LIMIT 1', [
    ...[tx.tenantId, connectorId],
  ]);
  if (apps.length === 0) throw new NeverInstalled();
}

async function oncePerPerson(statement: Promise<unknown>): Promise<void> {
  try {
    await statement;
  } catch (error) {
    throw brokenConstraint(error) === 'connector_reviews_user_key' ? new AlreadyReviewed(error) : error;
  }
}
