import type { Transaction } from '../../database/session';
import { lockRisks, readRisks } from '../risk-record';
import type { RiskResponse } from '../risk.dto';
import { withoutCandidate } from './external-id';
import type { ImportRow } from './import-row';

/** By what exports of this register call them, or by what an import called them before. */
const IDS = `
  SELECT id FROM risks WHERE tenant_id = $1 AND id = ANY ($2::uuid[])
   UNION
  SELECT id FROM risks WHERE tenant_id = $1 AND source = 'IMPORT' AND external_id = ANY ($3::text[])`;

interface MatchedRow {
  readonly row: ImportRow;
  /** Deleted or not. */
  readonly existing: RiskResponse | undefined;
}

/** Which risks here the rows of one file are about: each is the matter of one row only. */
export class KnownRisks {
  private readonly firstRowOf = new Map<string, number>();

  constructor(
    private readonly tx: Transaction,
    private readonly dryRun: boolean,
  ) {}

  /** The risks are locked, unless nothing is to be changed; of two rows about the same risk the later is a problem. */
  async match(rows: readonly ImportRow[]): Promise<MatchedRow[]> {
    const { tx } = this;
    const candidates = rows.flatMap(({ candidate }) => candidate ?? []);
    const found = await tx.query<{ id: string }>(IDS, [
      tx.tenantId,
      candidates.flatMap(({ riskId }) => riskId ?? []),
      candidates.map(({ externalId }) => externalId),
    ]);
    const ids = found.map(({ id }) => id);
    const risks = await (this.dryRun ? readRisks(tx, ids) : lockRisks(tx, ids));
    const byId = new Map(risks.map((risk) => [risk.id, risk]));
    const imported = risks.filter(({ source }) => source === 'IMPORT');
    const byExternalId = new Map(imported.map((risk) => [risk.externalId, risk]));
    return rows.map((row) => {
      const { riskId = '', externalId = '' } = row.candidate ?? {};
      return this.once(row, byId.get(riskId) ?? byExternalId.get(externalId));
    });
  }

  private once(row: ImportRow, existing: RiskResponse | undefined): MatchedRow {
    if (!existing) return { row, existing };
    const first = this.firstRowOf.get(existing.id);
    if (first !== undefined) return { row: withoutCandidate(row, 'id', first), existing: undefined };
    this.firstRowOf.set(existing.id, row.row);
    return { row, existing };
  }
}
