import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Versions of rows, by the row's id. */
export type Versions = Readonly<Record<string, number>>;

/** What a process has seen and done, in order. All times are of {@link now}. */
export type JournalLine =
  | {
      readonly kind: 'read';
      readonly start: number;
      readonly end: number;
      readonly source: 'hit' | 'miss' | 'stale' | 'bypass';
      readonly question: string;
      readonly seen: Versions;
    }
  /** Just before COMMIT is sent: these versions may be seen from now on. */
  | { readonly kind: 'intent'; readonly write: string; readonly at: number; readonly versions: Versions }
  /** COMMIT was answered. `promised`: nothing has said that Redis was out of reach, so the write is to be seen already. */
  | { readonly kind: 'committed'; readonly write: string; readonly at: number; readonly promised: boolean }
  /** The write has returned to its caller. `deferred`: it said that Redis was out of reach. */
  | { readonly kind: 'returned'; readonly write: string; readonly at: number; readonly deferred: boolean }
  | { readonly kind: 'rolled back'; readonly write: string }
  /** What a write returned was stored. */
  | { readonly kind: 'put'; readonly at: number }
  /** Everything this process, or the one before in its place, has deferred until now is made up for. */
  | { readonly kind: 'settled'; readonly at: number }
  /** What must never happen: an unhandled rejection, an error out of a read, a line in the log. */
  | { readonly kind: 'failure'; readonly at: number; readonly what: string };

export interface ProcessJournal {
  /** Whoever replaces a killed process takes its place. */
  readonly place: number;
  readonly lines: readonly JournalLine[];
}

/** Milliseconds of CLOCK_MONOTONIC, which all processes of a machine share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Written line by line at once: it outlives a process that is killed after it. */
export class Journal {
  private readonly file: number;

  constructor(directory: string, place: number) {
    this.file = openSync(join(directory, `${place}-${process.pid}.jsonl`), 'a');
  }

  write(line: JournalLine): void {
    writeSync(this.file, `${JSON.stringify(line)}\n`);
  }

  close(): void {
    closeSync(this.file);
  }
}

export function readJournals(directory: string): ProcessJournal[] {
  return readdirSync(directory).map((name) => {
    const text = readFileSync(join(directory, name), 'utf8');
    // The last line of a killed process may be half a line.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const lines = whole.split('\n').filter(Boolean);
    return { place: Number.parseInt(name, 10), lines: lines.map((line) => JSON.parse(line) as JournalLine) };
  });
}
