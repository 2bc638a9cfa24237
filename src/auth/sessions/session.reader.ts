import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database';

/** Never cached: who looks for a thief wants to see what is there now. */
@Injectable()
export class SessionReader {
  constructor(private readonly database: Database) {}

  /** The user's sessions that have not ended, in all of their tenants. */
  live(userId: string): Promise<{ readonly tenantId: string; readonly id: string }[]> {
    return this.database.read(
      (session) =>
        session.query(
          `SELECT tenant_id AS "tenantId", id FROM sessions
            WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now()`,
          [userId],
        ),
      { userId },
    );
  }
}
