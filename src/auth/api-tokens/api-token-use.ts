import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database } from '../../database/database';

const NOTED_TOKENS = 10_000;
const INTERVAL_MS = 60_000;

/** Writes down when an API token was used, once a minute at most, behind the request that used it. */
@Injectable()
export class ApiTokenUse {
  private readonly logger = new Logger(ApiTokenUse.name);
  private readonly noted = new LRUCache<string, true>({ max: NOTED_TOKENS, ttl: INTERVAL_MS });

  constructor(private readonly database: Database) {}

  /** Returns at once; what goes wrong is logged. */
  note(tenantId: string, id: string): void {
    if (this.noted.has(id)) return;
    this.noted.set(id, true);
    this.database
      .transaction((tx) => tx.query(USED, [tenantId, id]), { tenantId })
      .catch((error: unknown) => {
        this.logger.debug(`The use of an API token was not written down: ${String(error)}`);
      });
  }
}

/** Other instances note it too. */
const USED = `
  UPDATE api_tokens SET last_used_at = now()
   WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL AND expires_at > now()
     AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`;
