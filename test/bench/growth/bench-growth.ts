import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { atTheEnd, cleanUpOnSignals } from '../../setup/cleanup';
import { preparePostgres } from '../../setup/postgres';
import { runAsProgram } from '../../setup/program';
import { cases, type GrowthCase } from './cases';
import { spreadOf } from '../cache/rounds';
import { openRegisters, type Register } from './registers';

const SIZES = [1_000, 10_000, 100_000, 1_000_000];

const HELP = `npm run bench:growth -- [--max N] [--rounds N] [--requests N] [--only CASE] [--out FILE]
  What a request costs as the register grows, uncached, over HTTP: tenants of 1,000 to 1,000,000 risks in one database,
  asked in turns. Each figure is the median, in multiples of the smallest.
  --max N       the largest register (1000000); it takes minutes to make
  --rounds N    (7)
  --requests N  of each in a round (5)
  --only CASE   those whose name begins so
  --out FILE    all samples (.openrisk/bench-growth.json)
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      max: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '7' },
      requests: { type: 'string', default: '5' },
      only: { type: 'string', default: '' },
      out: { type: 'string', default: '.openrisk/bench-growth.json' },
    },
  });
  const [max, rounds, requests] = [Number(values.max), Number(values.rounds), Number(values.requests)];
  if (values.help || ![max, rounds, requests].every((number) => Number.isInteger(number) && number > 0)) {
    say(HELP);
    return;
  }
  cleanUpOnSignals();
  await preparePostgres();
  const sizes = [...new Set([...SIZES.filter((size) => size <= max), max])].sort((one, other) => one - other);
  const registers = await openRegisters(sizes, say);
  atTheEnd(() => registers.close());
  const measured: { name: string; milliseconds: number[][] }[] = [];
  for (const one of cases.filter(({ name }) => name.startsWith(values.only))) {
    const milliseconds = await measure(one, registers.all, rounds, requests);
    measured.push({ name: one.name, milliseconds });
    say(`  ${one.name}: ${milliseconds.map((samples) => `${spreadOf(samples).median.toFixed(1)} ms`).join(', ')}`);
  }
  say(tableOf(sizes, measured));
  mkdirSync(dirname(resolve(values.out)), { recursive: true });
  writeFileSync(values.out, JSON.stringify({ sizes, rounds, requests, measured }, undefined, 1));
  say(`all samples: ${values.out}`);
}

/** @returns milliseconds of one request, by register and round */
async function measure(
  { path, changes }: GrowthCase,
  registers: readonly Register[],
  rounds: number,
  requests: number,
): Promise<number[][]> {
  const samples = registers.map((): number[] => []);
  // The first is for the compiler and for Postgres' plans.
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < registers.length; turn++) {
      const index = (turn + round + 1) % registers.length;
      const register = registers[index];
      if (!register) continue;
      const target = await path(register);
      const startedAt = performance.now();
      for (let request = 0; request < requests; request++) await register.ask(target, changes);
      if (round >= 0) samples[index]?.push((performance.now() - startedAt) / requests);
    }
  }
  return samples;
}

function tableOf(sizes: readonly number[], measured: readonly { name: string; milliseconds: number[][] }[]): string {
  const [smallest = 0, ...larger] = sizes;
  const head = [
    'request',
    `${smallest.toLocaleString('en')} risks`,
    ...larger.map((size) => size.toLocaleString('en')),
  ];
  const rows = measured.map(({ name, milliseconds }) => {
    const [base = NaN, ...others] = milliseconds.map((samples) => spreadOf(samples).median);
    return [
      name,
      `${base.toFixed(1)} ms`,
      ...others.map((median) => (median / base).toFixed(median < 10 * base ? 1 : 0)),
    ];
  });
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

runAsProgram(main);
