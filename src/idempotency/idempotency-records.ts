import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import type { Transaction } from '../database/session';

/** Whose key for which route. */
export interface KeyAddress {
  readonly userId: string;
  readonly route: string;
  readonly key: string;
}

/** One attempt to carry out what is asked for under a key. */
export interface Attempt extends KeyAddress {
  readonly attemptId: string;
}

export interface StoredAnswer {
  /** JSON, as it was sent. */
  readonly text: string;
  readonly location: string | null;
}

/** What is known of a key that somebody else holds. */
export interface HeldKey {
  readonly fingerprint: Buffer;
  /** Nothing is known yet: ask again soon. */
  readonly isUnderway: boolean;
  readonly answer: string | null;
  readonly location: string | null;
}

/** How long an attempt is waited for. A claim that is older passes on; should its attempt live, it cannot commit. */
const CLAIM_SECONDS = 60;

/** The table of keys, within the current tenant. */
@Injectable()
export class IdempotencyRecords {
  constructor(private readonly database: Database) {}

  /** @returns what holds the key, or undefined when it is this attempt now */
  claim({ userId, route, key, attemptId }: Attempt, fingerprint: Buffer): Promise<HeldKey | undefined> {
    return this.database.transaction(async (tx) => {
      const claimed = await tx.query(
        `INSERT INTO idempotency_keys AS held (tenant_id, user_id, route, key, fingerprint, attempt_id)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, user_id, route, key) DO UPDATE
            SET fingerprint = excluded.fingerprint, attempt_id = excluded.attempt_id, claimed_at = now(),
                done_at = NULL, answer = NULL, location = NULL
          WHERE held.claimed_at < now() - interval '24 hours'
             OR (held.done_at IS NULL AND held.fingerprint = excluded.fingerprint
                 AND held.claimed_at < now() - make_interval(secs => $7))
         RETURNING attempt_id`,
        [tx.tenantId, userId, route, key, fingerprint, attemptId, CLAIM_SECONDS],
      );
      if (claimed.length === 0) return this.heldKey(tx, { userId, route, key });
      await forgetOld(tx);
      return undefined;
    });
  }

  /** In the transaction of the change. @returns whether the key is still this attempt's */
  async markDone({ userId, route, key, attemptId }: Attempt): Promise<boolean> {
    const marked = await this.database.transaction((tx) =>
      tx.query(
        `UPDATE idempotency_keys SET done_at = coalesce(done_at, now())
          WHERE tenant_id = $1 AND user_id = $2 AND route = $3 AND key = $4 AND attempt_id = $5
         RETURNING attempt_id`,
        [tx.tenantId, userId, route, key, attemptId],
      ),
    );
    return marked.length > 0;
  }

  async storeAnswer({ userId, route, key, attemptId }: Attempt, { text, location }: StoredAnswer): Promise<void> {
    await this.database.transaction((tx) =>
      tx.query(
        `UPDATE idempotency_keys SET done_at = coalesce(done_at, now()), answer = $6, location = $7
          WHERE tenant_id = $1 AND user_id = $2 AND route = $3 AND key = $4 AND attempt_id = $5`,
        [tx.tenantId, userId, route, key, attemptId, text, location],
      ),
    );
  }

  /** The attempt has changed nothing: the key is free again. */
  async release({ userId, route, key, attemptId }: Attempt): Promise<void> {
    await this.database.transaction((tx) =>
      tx.query(
        `DELETE FROM idempotency_keys
          WHERE tenant_id = $1 AND user_id = $2 AND route = $3 AND key = $4 AND attempt_id = $5 AND done_at IS NULL`,
        [tx.tenantId, userId, route, key, attemptId],
      ),
    );
  }

  private async heldKey(tx: Transaction, { userId, route, key }: KeyAddress): Promise<HeldKey> {
    const [held] = await tx.query<HeldKey>(
      `SELECT fingerprint, answer, location,
              done_at IS NULL OR (answer IS NULL AND done_at > now() - make_interval(secs => $5)) AS "isUnderway"
         FROM idempotency_keys
        WHERE tenant_id = $1 AND user_id = $2 AND route = $3 AND key = $4`,
      [tx.tenantId, userId, route, key, CLAIM_SECONDS],
    );
    if (!held) throw new Error('The key that is held cannot be seen');
    return held;
  }
}

/** Each new key takes some old ones along, so that the table does not grow and needs nobody to clean it. */
async function forgetOld(tx: Transaction): Promise<void> {
  await tx.query(
    `DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM idempotency_keys WHERE tenant_id = $1 AND claimed_at < now() - interval '24 hours'
        LIMIT 20 FOR UPDATE SKIP LOCKED))`,
    [tx.tenantId],
  );
}
