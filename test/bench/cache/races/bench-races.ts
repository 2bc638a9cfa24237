import { parseArgs } from 'node:util';
import { atTheEnd, cleanUpOnSignals } from '../../../setup/cleanup';
import { runAsProgram } from '../../../setup/program';
import { prepareRedis } from '../../../setup/redis';
import { startRedis, type TestRedis } from '../../../support/redis-server';
import { TcpProxy } from '../../../support/tcp-proxy';
import type { StoreKind } from '../libraries/library';
import { alignedTable } from '../report';
import type { EvictsBy } from './library-child';
import { LibraryProcess } from './library-process';
import { Row, type Outcome, type Race } from './race';
import { missedMessage, oldData } from './redis-trouble';
import { joinedLoad, slowFill, slowFillOfAnother, storeOnItsWay } from './slow-fill';

const HELP = `npm run bench:races -- [--rounds N] [--quick]
  Shows in which races the cache and others beside it serve what an acknowledged write has replaced. Exits with 1 when ours does.
  --rounds N   of each race (3)
  --quick      the first of them, once: to see that it runs
`;

const RACES: readonly Race[] = [slowFill, joinedLoad, slowFillOfAnother, storeOnItsWay, missedMessage, oldData];
const QUICK_RACES: readonly Race[] = [slowFill];

interface Subject {
  readonly library: string;
  readonly by: EvictsBy;
  /** Instead of what a race of several processes is about. */
  readonly over?: StoreKind;
  readonly name: string;
}

const SUBJECTS: readonly Subject[] = [
  { name: 'openrisk, validated', library: 'openrisk', by: 'tag', over: 'redis' },
  { name: 'openrisk, lease', library: 'openrisk', by: 'tag', over: 'tiered' },
  { name: 'bentocache, by key', library: 'bentocache', by: 'key' },
  { name: 'bentocache, by tag', library: 'bentocache', by: 'tag' },
  { name: 'cacheable, by key', library: 'cacheable', by: 'key' },
  { name: 'cacheable, by tag', library: 'cacheable', by: 'tag' },
  { name: '@nestjs/cache-manager', library: '@nestjs/cache-manager', by: 'key' },
];

const LEGEND = `
STALE: a read that began after the write was acknowledged gave the value from before it. "to the end": as long as was
watched, 0.6 s, or 3 s from when Redis was back; every TTL is an hour. "by tag" and "by key": how the library was told of
the write. cacheable has no messages here since its CacheableSync needs a further package; cache-manager has none at all.`;

/** Ours under a lease may be behind a write elsewhere by this much, as it says. */
const LEASE_MS = 300;

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: { help: { type: 'boolean' }, rounds: { type: 'string' }, quick: { type: 'boolean', default: false } },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (values.help || !Number.isInteger(rounds) || rounds < 1) {
    say(HELP);
    return values.help ?? false;
  }
  cleanUpOnSignals();
  await prepareRedis();
  const redis = await startRedis();
  atTheEnd(() => redis.stop());
  const races = values.quick ? QUICK_RACES : RACES;
  const columns: (readonly string[])[] = [];
  let kept = true;
  for (const race of races) {
    say(`${race.name}: ${race.story}`);
    const cells: string[] = [];
    for (const subject of SUBJECTS) {
      const outcomes = await outcomesOf(subject, race, redis, rounds);
      const cell = outcomes instanceof Error ? `left out: ${outcomes.message}` : describe(outcomes);
      say(`  ${subject.name.padEnd(24)} ${cell}`);
      cells.push(cell);
      if (subject.library === 'openrisk') kept &&= keepsItsPromise(subject, outcomes);
    }
    columns.push(cells);
  }
  const lines = SUBJECTS.map(({ name }, line) => [name, ...columns.map((cells) => cells[line] ?? '')]);
  say(`\n${alignedTable([['', ...races.map(({ name }) => name)], ...lines])}`);
  say(LEGEND);
  return kept;
}

async function outcomesOf(subject: Subject, race: Race, redis: TestRedis, rounds: number): Promise<Outcome[] | Error> {
  await redis.command('FLUSHALL');
  const network = await TcpProxy.inFrontOf(redis.url);
  const kind = race.kind === 'memory' ? 'memory' : (subject.over ?? race.kind);
  const start = (redisUrl: string): Promise<LibraryProcess> =>
    LibraryProcess.start({ library: subject.library, by: subject.by, kind, redisUrl });
  const processes: LibraryProcess[] = [];
  try {
    const lines = race.processes === 1 ? [network.url] : [network.url, redis.url];
    for (const line of lines) processes.push(await start(line));
    const [reader, writer = reader] = processes;
    if (!reader || !writer) throw new Error('Nobody was started');
    const outcomes: Outcome[] = [];
    for (let round = 0; round < rounds; round++) {
      outcomes.push(await race.run({ redis, network, reader, writer }, new Row(`${race.kind}${round}`)));
    }
    return outcomes;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    for (const each of processes) await each.end();
    await network.close();
  }
}

function describe(outcomes: readonly Outcome[]): string {
  const stale = outcomes.filter(({ stale: reads }) => reads > 0);
  if (stale.length === 0) return 'fresh';
  const longest = Math.max(...stale.map(({ staleForMs }) => staleForMs));
  const howLong = stale.some(({ toTheEnd }) => toTheEnd) ? 'to the end' : `for ${longest.toFixed(0)} ms`;
  const remark = outcomes.find((outcome) => outcome.remark !== undefined)?.remark;
  return `STALE ${howLong}, ${stale.length} of ${outcomes.length}${remark === undefined ? '' : `, ${remark}`}`;
}

function keepsItsPromise({ over }: Subject, outcomes: Outcome[] | Error): boolean {
  if (outcomes instanceof Error) return false;
  return outcomes.every(({ staleForMs }) => staleForMs <= (over === 'tiered' ? LEASE_MS : 0));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

runAsProgram(main);
