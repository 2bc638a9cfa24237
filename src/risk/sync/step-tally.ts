import type { FieldProblem } from '../../errors/domain-error';
import { SYNC_COUNTS, type SyncCounts, type SyncFailure } from './sync-record';

const mostFailuresKept = 20;

/** Counts what becomes of records, and keeps the first that were left out. */
export class StepTally {
  private readonly sums = Object.fromEntries(SYNC_COUNTS.map((name) => [name, 0])) as Record<keyof SyncCounts, number>;
  readonly failures: SyncFailure[] = [];

  get counts(): SyncCounts {
    return this.sums;
  }

  add(outcome: Exclude<keyof SyncCounts, 'read'>): void {
    this.sums.read++;
    this.sums[outcome]++;
  }

  fail(
    { candidate, row }: { readonly candidate?: { readonly externalId: string }; readonly row?: number },
    problems: readonly FieldProblem[],
  ): void {
    this.add('failed');
    if (this.failures.length === mostFailuresKept) return;
    this.failures.push({ externalId: candidate?.externalId ?? null, ...(row ? { row } : {}), problems });
  }
}
