import type { JournalLine, ProcessJournal } from './journal';
import { judge, type Rules } from './judge';

const strict: Rules = { leaseMs: 0, boundMs: 1_000, fromCommit: false };

/** One write of version 5 to row 1: COMMIT from 100 to 110, returned at 120. */
const write = (how: { deferred?: boolean; returned?: boolean } = {}): JournalLine[] => [
  { kind: 'intent', write: 'w', at: 100, versions: { 1: 5 } },
  { kind: 'committed', write: 'w', at: 110, promised: true },
  ...(how.returned === false
    ? []
    : [{ kind: 'returned', write: 'w', at: 120, deferred: how.deferred ?? false } as const]),
];

const read = (version: number, start: number, end = start + 1): JournalLine => ({
  kind: 'read',
  start,
  end,
  source: 'hit',
  question: 'one 1',
  seen: { 1: version },
});

const journal = (place: number, ...lines: JournalLine[]): ProcessJournal => ({ place, lines });

const violationsOf = (
  writer: JournalLine[],
  reader: JournalLine[],
  rules: Partial<Rules> = {},
  committed = new Set(['w']),
): string[] =>
  judge([journal(0, ...writer), journal(1, ...reader)], committed, { ...strict, ...rules }).violations.map((text) =>
    text.replace(/^.*(in process 1|process \d:) /, ''),
  );

describe('The judge of a history', () => {
  it('lets readers see the old version until the write has returned, and no later', () => {
    expect(violationsOf(write(), [read(0, 119), read(5, 119), read(5, 200)])).toEqual([]);
    expect(violationsOf(write(), [read(0, 121)])).toEqual(['saw version 0 of row 1, stale: 1.0 ms too late']);
  });

  it('grants a lease, and not a millisecond more', () => {
    expect(violationsOf(write(), [read(0, 419)], { leaseMs: 300 })).toEqual([]);
    expect(violationsOf(write(), [read(0, 421)], { leaseMs: 300 })).toHaveLength(1);
  });

  it('counts a write from its COMMIT when that is promised, also when its process dies right after', () => {
    expect(violationsOf(write(), [read(0, 111)])).toEqual([]);
    expect(violationsOf(write(), [read(0, 111)], { fromCommit: true })).toHaveLength(1);
    expect(violationsOf(write({ returned: false }), [read(0, 999)])).toEqual([]);
    expect(violationsOf(write({ returned: false }), [read(0, 111)], { fromCommit: true })).toHaveLength(1);
  });

  it('binds all others to a deferred write once it is made up for, and its own process at once', () => {
    const settled = { kind: 'settled', at: 500 } as const;
    const deferred = [...write({ deferred: true }), settled];
    expect(violationsOf(deferred, [read(0, 499)])).toEqual([]);
    expect(violationsOf(deferred, [read(0, 501)])).toHaveLength(1);
    expect(judge([journal(0, ...deferred, read(0, 130))], new Set(['w']), strict).violations).toHaveLength(1);
  });

  it('takes the successor of a dead process at its word that everything is made up for', () => {
    const settled = { kind: 'settled', at: 500 } as const;
    const journals = [journal(0, ...write({ deferred: true })), journal(0, settled), journal(1, read(0, 501))];
    expect(judge(journals, new Set(['w']), strict).violations).toHaveLength(1);
  });

  it('believes no version that was not committed, nor one before its COMMIT', () => {
    expect(violationsOf(write(), [read(5, 90)])).toEqual(['saw version 5 of row 1 before its COMMIT']);
    const never = 'saw version 5 of row 1, which was never committed';
    expect(violationsOf(write(), [read(5, 200)], {}, new Set())).toEqual([never]);
  });

  it('sees slow reads and failures', () => {
    expect(violationsOf([], [read(0, 0, 1_001)])).toEqual(['took 1001 ms, more than 1000']);
    expect(violationsOf([], [{ kind: 'failure', at: 1, what: 'Unhandled rejection' }])).toEqual([
      'Unhandled rejection',
    ]);
  });
});
