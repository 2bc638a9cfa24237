import { parseArgs } from 'node:util';
import { cleanUpOnSignals } from '../setup/cleanup';
import { preparePostgres } from '../setup/postgres';
import { runAsProgram } from '../setup/program';
import { ALL_FAULTS } from './all-faults';
import type { Fault } from './fault';
import { Workshop } from './workshop';

const HELP = `npm run check:faults -- [--only TEXT] [--from N]
  Breaks one guard after the other in a copy of the sources and runs the specs that must notice it.
  --only TEXT   the faults whose name, or whose file, contains it
  --from N      of these the N-th and all behind it
`;

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      only: { type: 'string', default: '' },
      from: { type: 'string', default: '1' },
    },
  });
  const from = Number(values.from);
  if (values.help || !Number.isInteger(from) || from < 1) {
    process.stdout.write(HELP);
    return values.help ?? false;
  }
  const faults = ALL_FAULTS.filter(({ name, file }) => `${name} ${file}`.includes(values.only)).slice(from - 1);
  cleanUpOnSignals();
  // One Postgres for all runs.
  await preparePostgres();
  process.env['TEST_DATABASE_URL'] = process.env['OPENRISK_TEST_ADMIN_URL'];
  const workshop = await Workshop.open();
  try {
    if (!(await isSoundWithout(faults, workshop))) return false;
    const missed: string[] = [];
    for (const [index, fault] of faults.entries()) {
      const { passed, failed, first } = await workshop.withFault(fault, () => workshop.test(fault));
      say(`${index + 1}/${faults.length} ${failed > 0 ? 'caught' : 'NOT CAUGHT'}  ${fault.name}`);
      say(
        failed > 0 ? `      ${failed} of ${passed + failed} tests fail: ${first}` : `      by ${fault.caughtBy.join()}`,
      );
      if (failed === 0) missed.push(fault.name);
    }
    say(missed.length === 0 ? `All ${faults.length} faults were caught` : `Not caught: ${missed.join(', ')}`);
    return missed.length === 0 && faults.length > 0;
  } finally {
    await workshop.close();
  }
}

/** A test that fails anyway catches nothing. */
async function isSoundWithout(faults: readonly Fault[], workshop: Workshop): Promise<boolean> {
  let isSound = true;
  const specs = new Set(faults.flatMap(({ caughtBy }) => caughtBy));
  for (const spec of specs) {
    const names = faults.filter(({ caughtBy }) => caughtBy.includes(spec)).map(({ tests }) => tests);
    const tests = names.includes(undefined) ? undefined : [...new Set(names)].join('|');
    const { passed, failed, first } = await workshop.test({ caughtBy: [spec], ...(tests !== undefined && { tests }) });
    say(`${spec} without a fault: ${passed} tests passed, ${failed} failed ${first}`);
    isSound &&= failed === 0;
  }
  return isSound && specs.size > 0;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

runAsProgram(main);
