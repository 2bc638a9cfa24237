import type { ProcessJournal, Versions } from './journal';

/** From when on a reader must not see anything older than a write. All times in ms of the common clock. */
interface Obligation {
  readonly version: number;
  /** For readers in the process that wrote. */
  readonly ownFrom: number;
  /** For all others. */
  readonly from: number;
}

interface Written {
  readonly id: string;
  readonly writer: ProcessJournal;
  readonly versions: Versions;
  readonly intendedAt: number;
  committed?: { readonly at: number; readonly promised: boolean };
  returned?: { readonly at: number; readonly deferred: boolean };
}

const NEVER = Infinity;

/** What the writes of a history oblige its readers to. */
export class Obligations {
  /** Of each row, by rising version. */
  private readonly rows = new Map<string, Obligation[]>();
  /** The earliest time from which something newer than the n-th version must be seen: of all writers, and of one. */
  private readonly limits = new Map<string, { all: number[]; own: Map<ProcessJournal, number[]> }>();
  private readonly intendedAt = new Map<string, number>();
  /** Of each place, in order. */
  private readonly settledAt = new Map<number, number[]>();

  /**
   * @param committed ids of the writes that Postgres has
   * @param fromCommit whether a write must be seen from COMMIT on, not only once it has returned
   */
  constructor(
    journals: readonly ProcessJournal[],
    committed: ReadonlySet<string>,
    private readonly fromCommit: boolean,
  ) {
    for (const { place, lines } of journals) {
      const times = lines.flatMap((line) => (line.kind === 'settled' ? [line.at] : []));
      this.settledAt.set(place, [...(this.settledAt.get(place) ?? []), ...times].sort(byTime));
    }
    const byWriter = new Map<Obligation, ProcessJournal>();
    for (const write of writesOf(journals).filter(({ id }) => committed.has(id))) {
      const times = { ownFrom: this.ownFrom(write), from: this.from(write) };
      for (const [row, version] of Object.entries(write.versions)) {
        const obligation = { version, ...times };
        byWriter.set(obligation, write.writer);
        const obligations = this.rows.get(row) ?? [];
        obligations.push(obligation);
        this.rows.set(row, obligations);
        this.intendedAt.set(`${row} ${version}`, write.intendedAt);
      }
    }
    for (const [row, obligations] of this.rows) {
      obligations.sort((one, other) => one.version - other.version);
      const own = new Map(
        journals.map((journal) => [
          journal,
          limitsOf(obligations, (each) => (byWriter.get(each) === journal ? each.ownFrom : each.from)),
        ]),
      );
      this.limits.set(row, { all: limitsOf(obligations, ({ from }) => from), own });
    }
  }

  /** When COMMIT was about to be sent; undefined for a version that was never committed. */
  intended(row: string, version: number): number | undefined {
    return version === 0 ? -Infinity : this.intendedAt.get(`${row} ${version}`);
  }

  /** From when on `reader` must not see this version any more; Infinity when it may. */
  outdatedFrom(row: string, version: number, reader: ProcessJournal): number {
    const limits = this.limits.get(row);
    if (!limits) return NEVER;
    return (limits.own.get(reader) ?? limits.all)[this.newerThan(row, version)] ?? NEVER;
  }

  /** Index of the first version that is newer. */
  private newerThan(row: string, version: number): number {
    const obligations = this.rows.get(row) ?? [];
    let [low, high] = [0, obligations.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((obligations[middle]?.version ?? NEVER) > version) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The process that deferred an eviction does not serve from Redis until it has made up for it. */
  private ownFrom({ returned, committed }: Written): number {
    const commit = this.fromCommit && committed?.promised === true ? committed.at : NEVER;
    return Math.min(returned?.at ?? NEVER, commit);
  }

  private from(write: Written): number {
    if (write.returned?.deferred !== true) return this.ownFrom(write);
    const { at } = write.returned;
    return this.settledAt.get(write.writer.place)?.find((settledAt) => settledAt >= at) ?? NEVER;
  }
}

function byTime(one: number, other: number): number {
  return one - other;
}

/** For each index, the least time of this and all later obligations. */
function limitsOf(obligations: readonly Obligation[], time: (each: Obligation) => number): number[] {
  const limits: number[] = [];
  let least = NEVER;
  for (let index = obligations.length - 1; index >= 0; index--) {
    const obligation = obligations[index];
    if (obligation) least = Math.min(least, time(obligation));
    limits[index] = least;
  }
  return limits;
}

function writesOf(journals: readonly ProcessJournal[]): Written[] {
  const writes = new Map<string, Written>();
  for (const writer of journals) {
    for (const line of writer.lines) {
      if (line.kind === 'intent') {
        writes.set(line.write, { id: line.write, writer, versions: line.versions, intendedAt: line.at });
      }
      const write = 'write' in line ? writes.get(line.write) : undefined;
      if (write && line.kind === 'committed') write.committed = line;
      if (write && line.kind === 'returned') write.returned = line;
    }
  }
  return [...writes.values()];
}
