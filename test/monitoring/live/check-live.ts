import { setTimeout as pause } from 'node:timers/promises';
import { cleanUp, cleanUpOnSignals } from '../../setup/cleanup';
import { until } from '../../support/until';
import type { Programs } from '../programs';
import { ruleFiles, rulesOf } from '../rule-files';
import {
  failedJob,
  longTransaction,
  noAuditLog,
  noPostgres,
  noStatistics,
  slowDatabase,
  slowStatements,
} from './database-provocations';
import { panelProblems } from './panels';
import type { Provocation, Stage } from './provocation';
import {
  blockedEventLoop,
  boundlessRedis,
  deniedRequests,
  foreignEntry,
  frozenApplication,
  fullRedis,
  guessedPasswords,
  noRedis,
  noWayToRedis,
} from './provocations';
import { Rehearsal } from './rehearsal';
import { startStack } from './stack';
import { Traffic } from './traffic';

const QUIET_MS = 15_000;
/** Of good requests, which are shortened like the rules: errors are told as a share of what was there before. */
const HISTORY_MS = 3_600_000;
const LONG_TRANSACTION_MS = 360_000;
const SETTLED_MS = 60_000;

/**
 * The shipped monitoring, for real: every alert is provoked, arrives in its channels and is over again.
 *
 * @param factor of how many times shorter the durations of the rules are than what is shipped
 * @returns what was not so
 */
export async function checkLive(programs: Programs, factor: number, say: (line: string) => void): Promise<string[]> {
  cleanUpOnSignals();
  try {
    const startedAt = Date.now();
    const stack = await startStack(programs, factor);
    say(`ok      all of it runs, ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
    const traffic = new Traffic(await stack.as('admin'));
    const stage: Stage = { stack, traffic };
    const rehearsal = new Rehearsal(stage, say);
    try {
      await rehearse(rehearsal, stage, factor, say);
    } finally {
      await traffic.stop();
    }
    return rehearsal.failures;
  } finally {
    await cleanUp();
  }
}

async function rehearse(
  rehearsal: Rehearsal,
  stage: Stage,
  factor: number,
  say: (line: string) => void,
): Promise<void> {
  const { stack } = stage;
  await rehearsal.attempt('Watchdog alone', () => watchdogAlone(stage, say));
  const provoke = (provocation: Provocation): Promise<void> => rehearsal.provoke(provocation);
  const transaction = longTransactionIsTold(rehearsal, stage);

  await provoke(slowDatabase);
  const redis = async (): Promise<void> => {
    await provoke(fullRedis);
    await provoke(boundlessRedis);
  };
  const attacks = async (): Promise<void> => {
    await provoke(deniedRequests);
    await provoke(guessedPasswords);
  };
  await Promise.all([redis(), attacks(), pause(HISTORY_MS / factor)]);

  // What has burned is told later by the slower alerts; who is told of their cause is not told of them.
  await provoke(noAuditLog);
  await rehearsal.provoke(noPostgres, () => rehearsal.isHeldBack('SloBurn3x', 'PostgresDown'));
  await rehearsal.attempt('SloBurn3x', () => rehearsal.arrives('SloBurn3x', ['default']));
  await Promise.all([provoke(noWayToRedis), provoke(noStatistics), provoke(failedJob)]);
  await provoke(foreignEntry);
  await rehearsal.attempt('panels', () => panelsHaveData(stage, factor, say));
  await provoke(slowStatements);
  await provoke(blockedEventLoop);
  await rehearsal.attempt('CacheDegraded', () =>
    until(async () => !(await stack.prometheus.firing()).has('CacheDegraded'), SETTLED_MS),
  );
  await rehearsal.provoke(noRedis, () => rehearsal.isHeldBack('CacheDegraded', 'RedisDown'));
  await rehearsal.provoke(frozenApplication, () => rehearsal.isHeldBack('SloBurn1x', 'ApiDown'));
  await rehearsal.attempt('SloBurn1x', () => rehearsal.arrives('SloBurn1x', ['default']));
  await transaction;

  await rehearsal.resolve();
  await rehearsal.attempt('Watchdog alone', () => watchdogAlone(stage, say, SETTLED_MS));
  await rehearsal.attempt('every alert', () => everyAlertWasProvoked(rehearsal));
}

async function longTransactionIsTold(rehearsal: Rehearsal, stage: Stage): Promise<void> {
  const end = await longTransaction.provoke(stage);
  await rehearsal.attempt('LongRunningTransaction', async () => {
    for (const [alert, channels] of Object.entries(longTransaction.expected)) {
      await rehearsal.arrives(alert, channels, LONG_TRANSACTION_MS);
    }
  });
  await end();
}

/** @param withinMs of what was wrong before, the last may still be resolving */
async function watchdogAlone({ stack }: Stage, say: (line: string) => void, withinMs = 0): Promise<void> {
  const { prometheus, slack } = stack;
  await slack.arrived('Watchdog', 'FIRING', ['default'], SETTLED_MS);
  const others = async (): Promise<string[]> => [...(await prometheus.firing())].filter((name) => name !== 'Watchdog');
  await until(async () => (await others()).length === 0, withinMs).catch(() => undefined);
  const toldBefore = slack.messages.length;
  const quietUntil = Date.now() + QUIET_MS;
  while (Date.now() < quietUntil) {
    await pause(1_000);
    const firing = await others();
    if (firing.length > 0) throw new Error(`${firing.join(', ')} fire while all is well`);
  }
  const told = slack.messages.slice(toldBefore).filter(({ alert }) => alert !== 'Watchdog');
  if (told.length > 0) throw new Error(`${told.map(({ alert }) => alert).join(', ')} was told while all is well`);
  say('ok      Watchdog alone when all is well');
}

async function panelsHaveData(stage: Stage, factor: number, say: (line: string) => void): Promise<void> {
  const { stack, traffic } = stage;
  // Of each thing that is told something has to happen: loads, and denials.
  traffic.isPaused = false;
  traffic.isUnique = true;
  const noMore = await deniedRequests.provoke(stage);
  let problems: string[] = [];
  await until(async () => {
    problems = await panelProblems(stack.prometheus, factor);
    return problems.length === 0;
  }, SETTLED_MS).catch(() => undefined);
  await noMore();
  traffic.isUnique = false;
  if (problems.length > 0) throw new Error(`\n  - ${problems.join('\n  - ')}`);
  say('ok      every query of every panel returns data of a sensible size');
}

function everyAlertWasProvoked({ alerts }: Rehearsal): Promise<void> {
  const shipped = [...ruleFiles().values()].flatMap(rulesOf).flatMap(({ alert }) => alert ?? []);
  const missing = shipped.filter((alert) => alert !== 'Watchdog' && !alerts.includes(alert));
  if (missing.length > 0) throw new Error(`nothing provokes ${missing.join(', ')}`);
  return Promise.resolve();
}
