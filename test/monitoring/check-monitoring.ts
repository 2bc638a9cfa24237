import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf, run } from '../setup/run';
import { root } from './compose-files';
import { checkLive } from './live/check-live';
import { findPrograms, type Programs } from './programs';
import { ruleFiles, rulesFolder, ruleTestFiles, ruleTestsFolder } from './rule-files';
import { tryMutations } from './rule-mutations';

const LIMIT_MS = 300_000;
const monitoring = join(root, 'monitoring');
const alertmanagerConfig = join(monitoring, 'alertmanager', 'alertmanager.yml');

/** Labels of an alert, and the channels in which it has to arrive. */
const ROUTES: readonly (readonly [labels: readonly string[], receivers: string])[] = [
  [['alertname=Watchdog', 'severity=none', 'category=availability'], 'default'],
  [['alertname=JobsFailing', 'severity=warning', 'category=availability'], 'default'],
  [['alertname=ApiDown', 'severity=critical', 'category=availability'], 'critical'],
  [['alertname=HighRedisMemory', 'severity=critical', 'category=performance'], 'critical'],
  [['alertname=LowCacheHitRate', 'severity=warning', 'category=performance'], 'performance'],
  [['alertname=BruteForce', 'severity=warning', 'category=security'], 'security'],
  [['alertname=TenantIsolationViolation', 'severity=critical', 'category=security'], 'critical,security'],
];

const HELP = `npm run test:monitoring [-- --live [--factor N]]
  Checks configurations, rules and routes with promtool and amtool, and that wrong rules are caught.
  --live  instead: runs Prometheus, Alertmanager, exporters and the application, provokes every alert and waits
          until it has arrived in its channels and is over again; asks every query of every panel. Ten minutes.
  --factor N  every duration so many times shorter (40); less on a machine that is busy with other work
`;

/** `npm run test:monitoring`: everything about alerts that needs Prometheus' own programs. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { live: { type: 'boolean' }, factor: { type: 'string', default: '40' }, help: { type: 'boolean' } },
  });
  const factor = Number(values.factor);
  if (!(factor >= 1 && factor <= 60)) throw new Error('--factor is a number from 1 to 60');
  if (values.help) {
    say(HELP);
    return;
  }
  const programs = await findPrograms(say);
  if (!programs) {
    say('skipped: neither Prometheus and its company nor Debian packages of them are to be had on this machine');
    return;
  }
  if (values.live) await live(programs, factor);
  else await offline(programs);
}

async function live(programs: Programs, factor: number): Promise<void> {
  const failures = await checkLive(programs, factor, say);
  say(failures.length === 0 ? 'All alerts were told and are over.' : `${failures.length} failures:`);
  for (const failure of failures) say(`  - ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
}

async function offline(programs: Programs): Promise<void> {
  await step('prometheus.yml and its rules are valid', () => checkRules(programs));
  await step('alertmanager.yml is valid', () => run(programs.amtool, ['check-config', alertmanagerConfig], limits));
  for (const [labels, receivers] of ROUTES) {
    await step(`${labels[0] ?? ''} goes to ${receivers}`, () => checkRoute(programs, labels, receivers));
  }
  await step('unit tests of the rules', () => testRules(programs));
  await step('mutated rules are caught', () => checkMutations(programs));
}

const limits = { timeoutMs: LIMIT_MS };

async function checkRules({ promtool }: Programs): Promise<void> {
  await run(promtool, ['check', 'config', join(monitoring, 'prometheus', 'prometheus.yml')], limits);
  const files = [...ruleFiles().keys()].map((name) => join(rulesFolder, `${name}.yml`));
  await run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', ...files], limits);
}

async function checkRoute({ amtool }: Programs, labels: readonly string[], receivers: string): Promise<void> {
  const args = ['config', 'routes', 'test', `--config.file=${alertmanagerConfig}`];
  await run(amtool, [...args, `--verify.receivers=${receivers}`, ...labels], limits);
}

async function testRules({ promtool }: Programs): Promise<string> {
  const files = [...ruleTestFiles().keys()].map((name) => `${name}.yml`);
  await run(promtool, ['test', 'rules', ...files], { ...limits, cwd: ruleTestsFolder });
  const tests = [...ruleTestFiles().values()].reduce((sum, file) => sum + file.tests.length, 0);
  return `${tests} tests`;
}

async function checkMutations({ promtool }: Programs): Promise<string> {
  const mutations = await tryMutations(promtool);
  const survivors = mutations.filter(({ caught }) => !caught);
  if (survivors.length === 0) return `${mutations.length} of ${mutations.length}`;
  const list = survivors.map(({ alert, change }) => `  - ${alert}: ${change}`).join('\n');
  throw new Error(`${survivors.length} of ${mutations.length} are noticed by no test:\n${list}`);
}

async function step(name: string, work: () => Promise<unknown>): Promise<void> {
  const startedAt = Date.now();
  try {
    const detail = await work();
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    say(
      `ok      ${name}${typeof detail === 'string' && detail.length < 80 ? ` (${detail.trim()})` : ''}, ${seconds} s`,
    );
  } catch (error) {
    process.exitCode = 1;
    say(`FAILED  ${name}: ${messageOf(error)}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
