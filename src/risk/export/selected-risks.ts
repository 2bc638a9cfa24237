import type { Reach } from '../../context/rights';
import { bindings } from '../../database/bindings';
import type { Database } from '../../database/database';
import { keyset } from '../../database/keyset';
import type { SessionScope } from '../../database/session';
import { filterSql, type RiskFilter } from '../risk-filter';
import { RISK_JSON } from '../risk-json';
import { reachSql } from '../risk-reach';
import { sortColumns } from '../risk-sort';
import type { RiskResponse } from '../risk.dto';

/** Risks per flight: no connection is held while the client takes what it was sent. */
const BATCH = 500;
const ID_BYTES = 16;

export interface RiskSelection {
  readonly scope: SessionScope;
  readonly filter: RiskFilter;
  readonly sort: string;
  /** The UTC day that decides what is overdue. */
  readonly today: string;
  /** A risk must be within all of them. */
  readonly reaches: readonly Reach[];
}

/**
 * The risks that were there when an export began, each once: of all but the first only their ids are kept, 16 bytes for
 * each. A risk is read when its turn comes, as it is then; one that is deleted, or out of reach, by then is left out.
 */
export class SelectedRisks {
  private first: readonly RiskResponse[] = [];

  private constructor(
    private readonly database: Database,
    private readonly selection: RiskSelection,
    private readonly ids: Buffer,
    /** In bytes of JSON, of the custom fields of one risk. */
    readonly longestCustomFields: number,
  ) {}

  /** @param most how many are selected at most, and one more to tell that there are more */
  static async of(database: Database, selection: RiskSelection, most: number): Promise<SelectedRisks> {
    const { scope, filter, sort, today, reaches } = selection;
    const [found] = await database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId);
      const { orderBy } = keyset(sortColumns(sort), undefined, false, bind);
      return session.query<{ ids: Buffer | null; longest: number | null }>(
        `SELECT string_agg(uuid_send(r.id), ''::bytea ORDER BY ${orderBy}) AS ids,
                max(octet_length(r.custom_fields::text)) AS longest
           FROM (SELECT * FROM risks r
                  WHERE r.tenant_id = $1 AND ${filterSql(filter, today, bind)} AND ${withinAll(reaches, bind)}
                  LIMIT ${most + 1}) r`,
        parameters,
      );
    }, scope);
    return new SelectedRisks(database, selection, found?.ids ?? Buffer.alloc(0), found?.longest ?? 0);
  }

  /** Reads the first of them: what cannot be read at all is better told before the answer has begun. */
  async begin(): Promise<void> {
    this.first = await this.read(0);
  }

  get count(): number {
    return this.ids.length / ID_BYTES;
  }

  /** In order, those that it has begun with at once. Each further batch is read when the one before has been taken. */
  async *batches(): AsyncGenerator<readonly RiskResponse[]> {
    yield this.first;
    for (let at = BATCH; at < this.count; at += BATCH) yield await this.read(at);
  }

  private async read(at: number): Promise<RiskResponse[]> {
    const ids = uuidsIn(this.ids.subarray(at * ID_BYTES, (at + BATCH) * ID_BYTES));
    if (ids.length === 0) return [];
    const { reaches, scope } = this.selection;
    const rows = await this.database.read((session) => {
      const { parameters, bind } = bindings(session.tenantId, ids);
      return session.query<{ risk: RiskResponse }>(
        `SELECT r.tenant_id, ${RISK_JSON} AS risk
           FROM unnest($2::uuid[]) WITH ORDINALITY AS chosen(id, place)
           JOIN risks r ON r.tenant_id = $1 AND r.id = chosen.id
          WHERE r.deleted_at IS NULL AND ${withinAll(reaches, bind)}
          ORDER BY chosen.place`,
        parameters,
      );
    }, scope);
    return rows.map(({ risk }) => risk);
  }
}

function withinAll(reaches: readonly Reach[], bind: (value: unknown) => string): string {
  return reaches.map((reach) => reachSql(reach, bind)).join(' AND ');
}

function uuidsIn(ids: Buffer): string[] {
  return Array.from({ length: ids.length / ID_BYTES }, (_, index) =>
    ids.toString('hex', index * ID_BYTES, (index + 1) * ID_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  );
}
