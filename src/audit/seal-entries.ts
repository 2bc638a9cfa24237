import type { Transaction } from '../database/session';
import { CHAIN_START, HASHED_FIELDS, instantText, sealHash, type ChainHead } from './audit-chain';

/** Sealed in one transaction: a few milliseconds of hashing. */
const BATCH = 500;

/** Held to the end of the transaction: a tenant's chain grows in one place at a time, however many instances there are. */
const TAKE_TURN = `
  SELECT pg_try_advisory_xact_lock(hashtextextended('audit-seal ' || $1, 0)) AS "isMine",
         ${instantText('clock_timestamp()')} AS "sealedAt"`;

const HEAD = `
  SELECT position, encode(hash, 'hex') AS hash
    FROM audit_seals WHERE tenant_id = $1 ORDER BY position DESC LIMIT 1`;

/**
 * Ids are in the order of time within one instance; across instances any order will do, as long as it is kept. Each entry
 * and seal is looked up in its index (see audit-verification.ts).
 */
const NEXT = `
  SELECT u.entry_id AS id, ${HASHED_FIELDS} AS fields
    FROM audit_unsealed u
   CROSS JOIN LATERAL (SELECT * FROM audit_log WHERE tenant_id = u.tenant_id AND id = u.entry_id OFFSET 0) l
   WHERE u.tenant_id = $1
     AND (SELECT s.position FROM audit_seals s WHERE s.tenant_id = u.tenant_id AND s.entry_id = u.entry_id) IS NULL
   ORDER BY u.entry_id
   LIMIT ${BATCH}`;

const SEAL = `
  WITH sealed AS (
    INSERT INTO audit_seals (tenant_id, position, entry_id, sealed_at, hash)
    SELECT $1, position, id, $2::timestamptz, decode(hash, 'hex')
      FROM jsonb_to_recordset($3::jsonb) AS seal (position bigint, id uuid, hash text)
    RETURNING entry_id
  )
  DELETE FROM audit_unsealed WHERE tenant_id = $1 AND entry_id = ANY (ARRAY(SELECT entry_id FROM sealed))`;

export interface Sealed {
  /** `busy`: another instance is at it. `more`: call again. */
  readonly state: 'busy' | 'more' | 'done';
  readonly count: number;
  readonly head: ChainHead;
}

/** Seals the entries of the transaction's tenant that wait for it, a batch of them, behind those sealed before. */
export async function sealEntries(tx: Transaction): Promise<Sealed> {
  const { tenantId } = tx;
  // One flight, and still each statement sees what was committed before it: the head is read under the lock.
  const [[turn], [last = CHAIN_START], entries] = await Promise.all([
    tx.query<{ isMine: boolean; sealedAt: string }>(TAKE_TURN, [tenantId]),
    tx.query<ChainHead>(HEAD, [tenantId]),
    tx.query<{ id: string; fields: (string | null)[] }>(NEXT, [tenantId]),
  ]);
  if (!turn?.isMine) return { state: 'busy', count: 0, head: last };
  let head = last;
  const seals = entries.map(({ id, fields }) => {
    const position = head.position + 1;
    head = { position, hash: sealHash(head.hash, position, turn.sealedAt, fields) };
    return { id, ...head };
  });
  if (seals.length > 0) await tx.query(SEAL, [tenantId, turn.sealedAt, JSON.stringify(seals)]);
  return { state: seals.length < BATCH ? 'done' : 'more', count: seals.length, head };
}
