import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database';

/** Asked before anybody is in a tenant: Postgres shows a user their own memberships. */
@Injectable()
export class OwnTenantReader {
  constructor(private readonly database: Database) {}

  /** The one that is named, else the first one joined of those that are not suspended or deleted, if there is one. */
  async tenantOf(userId: string, slug: string | undefined): Promise<string | undefined> {
    const [tenant] = await this.database.read(
      (session) =>
        session.query<{ id: string }>(
          `SELECT t.id
             FROM memberships m
             JOIN tenants t ON t.id = m.tenant_id
            WHERE m.user_id = $1 AND m.status = 'ACTIVE' AND ($2::text IS NULL OR t.slug = $2)
            ORDER BY array_position(ARRAY['ACTIVE', 'SUSPENDED', 'DELETED'], t.status), m.created_at, t.id
            LIMIT 1`,
          [userId, slug ?? null],
        ),
      { userId },
    );
    return tenant?.id;
  }
}
