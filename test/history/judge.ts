import type { JournalLine, ProcessJournal } from './journal';
import { Obligations } from './obligations';

export interface Rules {
  /** How long an instance may go on with what was replaced: 0 for validated caches. */
  readonly leaseMs: number;
  /** The longest that a read may take. */
  readonly boundMs: number;
  /** Whether a write must be seen from COMMIT on, even if its process dies right after. */
  readonly fromCommit: boolean;
}

export interface Verdict {
  readonly reads: number;
  readonly hits: number;
  readonly misses: number;
  readonly bypasses: number;
  /** Behind a write, within the lease. */
  readonly behind: number;
  /** Committed and returned to their callers. */
  readonly writes: number;
  readonly deferred: number;
  /** Of writes whose result was stored. */
  readonly puts: number;
  readonly rolledBack: number;
  /** Of reads, in ms. */
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  readonly violations: readonly string[];
}

type Read = Extract<JournalLine, { kind: 'read' }>;

/** Holds every read of a history against every write. */
export function judge(
  journals: readonly ProcessJournal[],
  committed: ReadonlySet<string>,
  { leaseMs, boundMs, fromCommit }: Rules,
): Verdict {
  const obligations = new Obligations(journals, committed, fromCommit);
  const violations: string[] = [];
  let behind = 0;
  for (const journal of journals) {
    for (const line of journal.lines) {
      if (line.kind === 'failure') violations.push(`process ${journal.place}: ${line.what}`);
      if (line.kind !== 'read') continue;
      if (latenessOf(line, journal, obligations) > 0) behind++;
      const problems = [...wrongIn(line, journal, obligations, leaseMs), ...tooSlow(line, boundMs)];
      violations.push(...problems.map((problem) => `${describe(line)} in process ${journal.place} ${problem}`));
    }
  }
  return { ...countsOf(journals), behind, violations };
}

function* wrongIn(read: Read, reader: ProcessJournal, obligations: Obligations, leaseMs: number): Generator<string> {
  for (const [row, version] of Object.entries(read.seen)) {
    const intendedAt = obligations.intended(row, version);
    if (intendedAt === undefined) yield `saw version ${version} of row ${row}, which was never committed`;
    else if (intendedAt > read.end) yield `saw version ${version} of row ${row} before its COMMIT`;
    const lateMs = read.start - obligations.outdatedFrom(row, version, reader) - leaseMs;
    if (lateMs > 0) yield `saw version ${version} of row ${row}, stale: ${lateMs.toFixed(1)} ms too late`;
  }
}

/** How long ago, in ms, the read should have seen something newer. */
function latenessOf({ start, seen }: Read, reader: ProcessJournal, obligations: Obligations): number {
  const since = Object.entries(seen).map(([row, version]) => obligations.outdatedFrom(row, version, reader));
  return start - Math.min(Infinity, ...since);
}

function* tooSlow({ start, end }: Read, boundMs: number): Generator<string> {
  if (end - start > boundMs) yield `took ${(end - start).toFixed(0)} ms, more than ${boundMs}`;
}

function describe({ question, source, start }: Read): string {
  return `at ${start.toFixed(1)} ms the ${source} "${question}"`;
}

function countsOf(journals: readonly ProcessJournal[]): Omit<Verdict, 'behind' | 'violations'> {
  const lines = journals.flatMap((journal) => journal.lines);
  const reads = lines.filter((line) => line.kind === 'read');
  const returned = lines.filter((line) => line.kind === 'returned');
  const durations = reads.map(({ start, end }) => end - start).sort((one, other) => one - other);
  const from = (source: Read['source']): number => reads.filter((read) => read.source === source).length;
  const quantile = (part: number): number => durations[Math.floor(part * (durations.length - 1))] ?? 0;
  return {
    reads: reads.length,
    hits: from('hit') + from('stale'),
    misses: from('miss'),
    bypasses: from('bypass'),
    writes: returned.length,
    puts: lines.filter(({ kind }) => kind === 'put').length,
    deferred: returned.filter(({ deferred }) => deferred).length,
    rolledBack: lines.filter(({ kind }) => kind === 'rolled back').length,
    medianMs: quantile(0.5),
    p99Ms: quantile(0.99),
    longestMs: quantile(1),
  };
}
