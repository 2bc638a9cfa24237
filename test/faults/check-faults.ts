import { parseArgs } from 'node:util';
import { accessFaults } from './access-faults';
import { auditFaults } from './audit-faults';
import { rightsFaults } from './rights-faults';
import { Workshop } from './workshop';

const HELP = `npm run check:faults -- [--only TEXT]
  Breaks one guard after the other in a copy of the sources and runs the specs that must notice it.
  --only TEXT   the faults whose name contains it
`;

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { help: { type: 'boolean' }, only: { type: 'string', default: '' } } });
  if (values.help) {
    process.stdout.write(HELP);
    return true;
  }
  const all = [...accessFaults, ...rightsFaults, ...auditFaults];
  const faults = all.filter(({ name }) => name.includes(values.only));
  const workshop = await Workshop.open();
  try {
    const specs = [...new Set(faults.flatMap(({ caughtBy }) => caughtBy))];
    const sound = await workshop.test(specs);
    say(`${specs.length} specs without a fault: ${sound.passed} tests passed, ${sound.failed} failed`);
    if (sound.failed > 0 || sound.passed === 0) return false;
    const missed: string[] = [];
    for (const [index, fault] of faults.entries()) {
      const { passed, failed, first } = await workshop.withFault(fault, () => workshop.test(fault.caughtBy));
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

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main()
  .then((sound) => (process.exitCode = sound ? 0 : 1))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 2;
  });
