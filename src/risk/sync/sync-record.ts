import type { FieldProblem } from '../../errors/domain-error';
import type { ImportRow, Rating } from '../import/import-row';

/** What a source says of one risk: a row as an import reads it. */
export interface RiskSyncRecord {
  readonly kind: 'risk';
  readonly row: ImportRow;
}

/** What a source says of the likelihood of every risk with this CVE. */
export interface LikelihoodSyncRecord {
  readonly kind: 'likelihood';
  readonly cve: string;
  readonly probability: Rating;
  /** 0 to 1 */
  readonly epss: number;
  /** 0 to 1 */
  readonly percentile: number;
}

export type SyncRecord = RiskSyncRecord | LikelihoodSyncRecord;

export interface SyncSource {
  /** Slug of the connector: what it brings is told from what others bring. */
  readonly connector: string;
  readonly runId: string;
}

export const SYNC_COUNTS = ['read', 'created', 'updated', 'unchanged', 'skipped', 'failed'] as const;
/** Of records; a record about several risks counts once for each of them. */
export type SyncCounts = Readonly<Record<(typeof SYNC_COUNTS)[number], number>>;

/** Why a record was left out. */
export interface SyncFailure {
  readonly externalId: string | null;
  /** As the source counts, from 1; undefined where it does not. */
  readonly row?: number;
  readonly problems: readonly FieldProblem[];
}

export interface SyncOutcome {
  readonly counts: SyncCounts;
  readonly failures: readonly SyncFailure[];
}
