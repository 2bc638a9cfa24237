import type { ReadSession } from '../database/session';
import type { SealedColumn } from './sealed-column';
import type { SecretBox } from './secret-box';
import { UnopenedSecret } from './secrets.errors';

/** What became of the next rows of a column. */
export interface RotatedBatch {
  /** How many have a secret, whatever key it was sealed with. */
  readonly read: number;
  /** How many are sealed with the current key now, and were not before. */
  readonly sealedAnew: number;
  /** Ids of rows whose secret does not open; they stay as they are. */
  readonly unopened: readonly string[];
  /** Where to go on; undefined behind the last row. */
  readonly lastId: string | undefined;
}

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * Seals anew, with the current key, what the next `size` rows of a column have sealed with a former one. Locks nothing
 * while it reads: what somebody replaces or deletes meanwhile is left alone. Done again it changes nothing.
 *
 * @param session of one tenant, in which may be written
 * @param afterId where the batch before has ended
 */
export async function rotateBatch(
  session: ReadSession,
  box: SecretBox,
  target: SealedColumn,
  size: number,
  afterId = BEFORE_ALL,
): Promise<RotatedBatch> {
  const { tenantId } = session;
  const { table, column } = target;
  const rows = await session.query<{ id: string; sealed: string }>(
    `SELECT id, ${column} AS sealed FROM ${table}
      WHERE tenant_id = $1 AND id > $2 AND ${column} IS NOT NULL ORDER BY id LIMIT $3`,
    [tenantId, afterId, size],
  );
  const unopened: string[] = [];
  const anew: { id: string; former: string; sealed: string }[] = [];
  for (const { id, sealed: former } of rows) {
    try {
      const place = target.place(tenantId, id);
      const text = box.open(former, place);
      if (box.isOld(former)) anew.push({ id, former, sealed: box.seal(text, place) });
    } catch (error) {
      if (!(error instanceof UnopenedSecret)) throw error;
      unopened.push(id);
    }
  }
  const changed = await session.query(
    `UPDATE ${table} AS kept SET ${column} = given.sealed
       FROM jsonb_to_recordset($2::jsonb) AS given (id uuid, former text, sealed text)
      WHERE kept.tenant_id = $1 AND kept.id = given.id AND kept.${column} = given.former RETURNING kept.id`,
    [tenantId, JSON.stringify(anew)],
  );
  const lastId = rows.length < size ? undefined : rows.at(-1)?.id;
  return { read: rows.length, sealedAnew: changed.length, unopened, lastId };
}
