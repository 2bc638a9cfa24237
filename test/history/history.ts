import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createTestDatabase } from '../support/database';
import { until } from '../support/until';
import { Applications } from './applications';
import { Chaos } from './chaos';
import type { Mode, Topology } from './mode';
import { readJournals } from './journal';
import { judge, type Verdict } from './judge';
import { Random } from './random';
import { SLOWEST_LOAD_MS } from './row.reader';
import { committedWrites, createRows } from './rows';
import { startServers } from './servers';
import { abilitiesOf, type Abilities } from './abilities';

export interface HistoryOptions {
  readonly seconds: number;
  readonly mode: Mode;
  readonly seed: number;
  /** One server unless said otherwise. */
  readonly topology?: Topology;
  /** A bug that every process plants into itself. */
  readonly plant?: string;
  /** Kills processes at COMMIT and wants their writes seen; unset: when the engine promises it. */
  readonly killAtCommit?: boolean;
}

export interface History extends Verdict {
  readonly abilities: Abilities;
  readonly killsAtCommit: boolean;
  readonly boundMs: number;
  readonly leaseMs: number;
  readonly chaos: ReadonlyMap<string, number>;
  readonly longestHealingMs: number;
  /** What there was too little of: a run that idles proves nothing. */
  readonly idle: readonly string[];
}

const PLACES = 3;
const LEASE_MS = 300;
const DEADLINE_MS = 100;
/** A pause of the process, and what two cores shared with others add. */
const MACHINE_MS = 4_000;
/** The deadline; in the worst case a load that others wait for, then one's own, which waits for another inside of it. */
const BOUND_MS = DEADLINE_MS + 4 * SLOWEST_LOAD_MS + MACHINE_MS;

/** Runs three applications under chaos and judges what they have read. */
export async function runHistory(options: HistoryOptions): Promise<History> {
  const { seconds, mode, seed, topology = 'single', plant } = options;
  const directory = mkdtempSync(join(tmpdir(), 'openrisk-history-'));
  const [database, servers] = await Promise.all([createTestDatabase(), startServers(topology)]);
  try {
    await createRows(database);
    const env = environment(database.applicationUrl);
    const launch = { env, directory, seed, ...(plant !== undefined && { plant }) };
    const applications = await Applications.launch(PLACES, servers, mode, launch);
    try {
      await applications.untilAll('ready');
      await until(() => applications.all.every(({ served }) => served), 10_000);
      applications.tellAll('start');
      const abilities = await abilitiesOf(servers.all, applications, mode);
      const killsAtCommit = options.killAtCommit ?? abilities.twoPhase;
      // Without it a short run may never be in need of its lease.
      const first = mode === 'lease' ? ['news silent'] : [];
      const chaos = new Chaos(servers, applications, new Random(seed), killsAtCommit, first);
      await Promise.all([chaos.run(), pause(seconds * 1_000).then(() => chaos.stop())]);
      applications.tellAll('stop');
      await applications.untilAll('stopped', 4 * BOUND_MS);
      applications.tellAll('read all');
      await applications.untilAll('all read');
      const late = await applications.end();

      const leaseMs = mode === 'lease' && abilities.lease ? LEASE_MS : 0;
      const rules = { leaseMs, boundMs: BOUND_MS, fromCommit: killsAtCommit };
      const verdict = judge(readJournals(directory), await committedWrites(database), rules);
      return {
        ...verdict,
        violations: [...verdict.violations, ...applications.unexpectedEnds, ...chaos.problems, ...late],
        abilities,
        killsAtCommit,
        boundMs: BOUND_MS,
        leaseMs,
        chaos: chaos.counts,
        longestHealingMs: chaos.longestHealingMs,
        idle: [
          ...idleIn(verdict, chaos.total, seconds),
          ...(leaseMs > 0 && verdict.behind === 0 ? ['no read made use of the lease'] : []),
        ],
      };
    } finally {
      await applications.end();
    }
  } finally {
    await servers.stop();
    await database.drop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function environment(databaseUrl: string): Record<string, string> {
  return {
    NODE_ENV: 'test',
    OPENRISK_SECRET: 'oeD3tZqv9Jr5yWnG1xKbU7cSfLhA2mPi',
    DATABASE_URL: databaseUrl,
    // Writers that wait for a row hold a connection each.
    DB_POOL_MAX_OPEN: '16',
    DB_POOL_MIN_IDLE: '1',
    DB_ACQUIRE_TIMEOUT_MS: '3000',
    CACHE_STORE: 'redis',
    CACHE_KEY_PREFIX: 'history',
    CACHE_DEADLINE_MS: `${DEADLINE_MS}`,
  };
}

function idleIn({ reads, hits, misses, writes, puts }: Verdict, events: number, seconds: number): string[] {
  const least = { reads: 100, hits: 20, misses: 20, writes: 4, puts: 0.1, 'chaos events': 0.3 };
  const had = { reads, hits, misses, writes, puts, 'chaos events': events };
  return Object.entries(least).flatMap(([what, perSecond]) => {
    const count = had[what as keyof typeof had];
    return count < perSecond * seconds ? [`${count} ${what} in ${seconds} s, less than ${perSecond * seconds}`] : [];
  });
}
