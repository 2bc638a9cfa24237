import type { ReadSession } from '../database/session';
import { CHAIN_START, HASHED_FIELDS, instantText, sealHash, type ChainHead } from './audit-chain';

/** Seals that are compared at a time: memory stays flat, however long the log is. */
const BATCH = 1000;
/** An entry is sealed within seconds; one that was dated so long before its seal is worth a look. */
const LATE_HOURS = 24;

/** What became of a tenant's log. */
export interface AuditVerdict {
  readonly entries: number;
  readonly sealed: number;
  readonly unsealed: number;
  /** Sealed more than a day after their own date: no instance ran, a clock was wrong, or they were put in afterwards. */
  readonly late: number;
  readonly head: ChainHead;
  /** The first thing that is wrong; null when nothing is. */
  readonly problem: string | null;
}

type Session = Pick<ReadSession, 'tenantId' | 'query'>;

interface SealRow extends ChainHead {
  readonly entryId: string;
  readonly sealedAt: string;
  /** Null when the entry is gone. */
  readonly fields: (string | null)[] | null;
}

/*
 * Entries and seals meet in subselects, one look into an index each. Of a join Postgres makes a loop over a tenant's rows
 * for each of its rows, when what it knows of the tables is from before the tenant had any.
 */
const COUNTS = `
  SELECT (SELECT count(*) FROM audit_log WHERE tenant_id = $1) AS entries,
         (SELECT count(*) FROM audit_seals WHERE tenant_id = $1) AS sealed,
         (SELECT count(*) FROM audit_seals s
           WHERE s.tenant_id = $1 AND s.sealed_at > interval '${LATE_HOURS} hours' +
             (SELECT l.at FROM audit_log l WHERE l.tenant_id = s.tenant_id AND l.id = s.entry_id)) AS late`;

/** Both are written in one statement: one without the other was put in, or taken out, past the application. */
const UNSEALED = `
  SELECT coalesce(l.id, u.entry_id) AS id, l.id IS NULL AS "isGone"
    FROM (SELECT id FROM audit_log l WHERE tenant_id = $1
             AND (SELECT s.position FROM audit_seals s WHERE s.tenant_id = l.tenant_id AND s.entry_id = l.id) IS NULL) l
    FULL JOIN (SELECT entry_id FROM audit_unsealed WHERE tenant_id = $1) u ON u.entry_id = l.id
   WHERE l.id IS NULL OR u.entry_id IS NULL
   ORDER BY id LIMIT 1`;

const SEALS = `
  SELECT s.position, s.entry_id AS "entryId", ${instantText('s.sealed_at')} AS "sealedAt",
         encode(s.hash, 'hex') AS hash,
         (SELECT ${HASHED_FIELDS} FROM audit_log l WHERE l.tenant_id = s.tenant_id AND l.id = s.entry_id) AS fields
    FROM audit_seals s
   WHERE s.tenant_id = $1 AND s.position > $2
   ORDER BY s.position LIMIT ${BATCH}`;

/**
 * Recomputes a tenant's chain from its first entry.
 *
 * @param session whose statements all see one snapshot
 * @param expected heads that were noted before: the chain must still contain them
 */
export async function verifyAuditLog(session: Session, expected: readonly ChainHead[] = []): Promise<AuditVerdict> {
  const { tenantId } = session;
  const [counts] = await session.query<Pick<AuditVerdict, 'entries' | 'sealed' | 'late'>>(COUNTS, [tenantId]);
  const { entries = 0, sealed = 0, late = 0 } = counts ?? {};
  const { head, problem } = await walk(session, expected);
  const unsealed = Math.max(0, entries - sealed);
  return { entries, sealed, unsealed, late, head, problem: problem ?? (await strayEntry(session)) };
}

async function walk(
  session: Session,
  expected: readonly ChainHead[],
): Promise<{ head: ChainHead; problem: string | null }> {
  const noted = new Map(expected.map(({ position, hash }) => [position, hash]));
  let head = CHAIN_START;
  for (;;) {
    const seals = await session.query<SealRow>(SEALS, [session.tenantId, head.position]);
    for (const seal of seals) {
      const problem = problemOf(seal, head) ?? unlikeNoted(seal, noted);
      if (problem !== null) return { head, problem };
      head = { position: seal.position, hash: seal.hash };
      noted.delete(seal.position);
    }
    if (seals.length < BATCH) break;
  }
  const [missing] = noted.keys();
  const cutOff = `the chain ends at ${head.position}, but position ${missing} was noted: its end was cut off`;
  return { head, problem: missing === undefined ? null : cutOff };
}

function problemOf(seal: SealRow, before: ChainHead): string | null {
  const { position, entryId, sealedAt, fields, hash } = seal;
  if (position !== before.position + 1) return `position ${before.position + 1} is missing`;
  if (fields === null) return `position ${position}: entry ${entryId} was deleted`;
  if (sealHash(before.hash, position, sealedAt, fields) === hash) return null;
  return `position ${position}: entry ${entryId}, or its place in the order, was changed`;
}

function unlikeNoted({ position, hash }: ChainHead, noted: ReadonlyMap<number, string>): string | null {
  const expected = noted.get(position);
  if (expected === undefined || expected === hash) return null;
  return `position ${position} has another hash than the one that was noted: the chain was rewritten`;
}

async function strayEntry(session: Session): Promise<string | null> {
  const [stray] = await session.query<{ id: string; isGone: boolean }>(UNSEALED, [session.tenantId]);
  if (!stray) return null;
  if (stray.isGone) return `entry ${stray.id} was deleted before it was sealed`;
  return `entry ${stray.id} was inserted past the application, or its place in the order was deleted`;
}
