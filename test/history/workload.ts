import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { runInContext, type RequestContext } from '../../src/context/request-context';
import { cacheOutcomeOf } from '../../src/http/cache-status';
import type { CommitWatcher } from './commits';
import { now, type Journal, type Versions } from './journal';
import { openWrites, type OpenWrite } from './open-write';
import type { Random } from './random';
import type { RowReader } from './row.reader';
import { rethrowUnlessUndone, type RowWriter } from './row.writer';
import { ROWS, TEAMS, TENANT } from './rows';

const READERS = 10;
const WRITERS = 2;
const PHASE_MS = 1_500;
const USERS = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];

interface Question {
  readonly name: string;
  readonly ask: () => Promise<Versions>;
}

/** The readers and writers of one process. */
export class Workload implements CommitWatcher {
  /** The next write to hear from COMMIT kills the process before anything else happens. */
  killAtCommit = false;
  /** Runs inside the next transaction that evicts, when only COMMIT is left to do. */
  atNextCommit: (() => Promise<void>) | undefined;
  /** A write was deferred, and nobody has noted yet that it was made up for. */
  unsettled = false;
  private running = false;
  private loops: Promise<void>[] = [];
  private readonly questions: readonly Question[];

  /** @param isUpToDate whether this process serves from Redis, with nothing left to make up for */
  constructor(
    reader: RowReader,
    private readonly writer: RowWriter,
    private readonly journal: Journal,
    private readonly random: Random,
    private readonly isUpToDate: () => boolean,
  ) {
    this.questions = [
      ...ROWS.flatMap((row) => [
        { name: `one ${row}`, ask: () => reader.one(row) },
        { name: `summary ${row}`, ask: () => reader.summary(row) },
        { name: `mine ${row}`, ask: () => reader.mine(row) },
        { name: `shared ${row}`, ask: () => reader.shared(row) },
      ]),
      ...[1, 2, 3, 4].map((page) => ({ name: `page ${page}`, ask: () => reader.page(page) })),
      ...TEAMS.flatMap((team) => Array(4).fill({ name: `team ${team}`, ask: () => reader.team(team) })),
    ];
  }

  start(): void {
    this.running = true;
    const readers = Array.from({ length: READERS }, () => this.loop(() => this.readSometimes()));
    const writers = Array.from({ length: WRITERS }, () => this.loop(() => this.writeSometimes()));
    this.loops = [...readers, ...writers];
  }

  /** Until every read and write under way has ended. */
  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.loops);
  }

  /** Each question once more, when all is quiet. */
  async readAll(): Promise<void> {
    for (const question of this.questions) await this.read(question);
  }

  private async loop(step: () => Promise<void>): Promise<void> {
    while (this.isRunning()) await step();
  }

  private isRunning(): boolean {
    return this.running;
  }

  private async readSometimes(): Promise<void> {
    await this.read(this.random.pick(this.questions));
    await pause(this.random.between(0, 12));
  }

  private async writeSometimes(): Promise<void> {
    await pause(this.random.skewed(10, 300) * (isCalm() ? 8 : 1));
    const rows = ROWS.filter(() => this.random.chance(0.25));
    if (rows.length > 0) await this.write(rows);
  }

  private async read({ name, ask }: Question): Promise<void> {
    const context = this.newContext();
    const start = now();
    try {
      const seen = await runInContext(context, ask);
      const end = now();
      const source = cacheOutcomeOf(context, seen)?.status ?? 'bypass';
      this.journal.write({ kind: 'read', start, end, source, question: name, seen });
    } catch (error) {
      this.fail(`The read ${name} failed: ${String(error)}`);
    }
  }

  private async write(rows: readonly number[]): Promise<void> {
    const way = this.random.pick(this.writer.ways);
    const write: OpenWrite = {
      id: randomUUID(),
      versions: {},
      evictions: [],
      marks: [],
      evictsAfterwards: false,
      committed: false,
    };
    try {
      await openWrites.run(write, () => runInContext(this.newContext(), () => way(rows)));
    } catch (error) {
      try {
        rethrowUnlessUndone(error);
      } catch {
        this.fail(`The write ${way.toString().slice(0, 60)} failed: ${String(error)}`);
      }
    }
    const at = now();
    if (!write.committed) {
      this.journal.write({ kind: 'rolled back', write: write.id });
      return;
    }
    const deferred = write.evictions.some((status) => status !== 'ok');
    if (deferred) this.unsettled = true;
    if (write.evictions.length === 0) this.fail('A write was committed and evicted nothing');
    this.journal.write({ kind: 'returned', write: write.id, at, deferred });
  }

  /** Told by {@link watchCommits}. */
  async before({ id, versions, evictsAfterwards }: OpenWrite): Promise<void> {
    if (!evictsAfterwards) {
      const held = this.atNextCommit;
      this.atNextCommit = undefined;
      await held?.();
    }
    this.journal.write({ kind: 'intent', write: id, at: now(), versions });
  }

  /** Told by {@link watchCommits}. */
  after(write: OpenWrite): void {
    write.committed = true;
    const inTwoPhases = !write.evictsAfterwards && write.marks.every((status) => status === 'ok');
    const promised = inTwoPhases && this.isUpToDate();
    this.journal.write({ kind: 'committed', write: write.id, at: now(), promised });
    if (this.killAtCommit) process.kill(process.pid, 'SIGKILL');
  }

  private newContext(): RequestContext {
    return { requestId: 'history', actor: { tenantId: TENANT, userId: this.random.pick(USERS) } };
  }

  private fail(what: string): void {
    this.journal.write({ kind: 'failure', at: now(), what });
  }
}

/**
 * By the common clock, so in all processes at once. Busy times make races; what came of them shows until the next write,
 * so calm times must follow.
 */
function isCalm(): boolean {
  return now() % (2 * PHASE_MS) < PHASE_MS;
}
