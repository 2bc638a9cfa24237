import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { run } from '../setup/run';
import { mutantsOf, selectorsIn } from './promql';
import { ruleFiles, rulesOf, ruleTestFiles, testsOf, type Rule } from './rule-files';

const TEST_MS = 120_000;

export interface Mutation {
  readonly alert: string;
  readonly change: string;
  readonly caught: boolean;
}

/** Every alert with one thing wrong each: the tests of this alert have to see it. */
export async function tryMutations(promtool: string): Promise<Mutation[]> {
  const folder = await mkdtemp(join(tmpdir(), 'openrisk-mutants-'));
  const results: Mutation[] = [];
  try {
    for (const [name, file] of ruleFiles()) {
      for (const rule of rulesOf(file)) {
        if (rule.alert === undefined) continue;
        if (!(await passes(promtool, folder, name, rule.alert, rule))) throw new Error(`${rule.alert} fails unchanged`);
        for (const { change, mutant } of mutantsOfRule(rule)) {
          const caught = !(await passes(promtool, folder, name, rule.alert, mutant));
          results.push({ alert: rule.alert, change, caught });
        }
      }
    }
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function mutantsOfRule(rule: Rule): { change: string; mutant: Rule }[] {
  const exprs = mutantsOf(rule.expr).map((expr) => ({ change: expr, mutant: { ...rule, expr } }));
  if (rule.for === undefined) return exprs;
  const { for: duration, ...atOnce } = rule;
  const long = { ...rule, for: '2d' };
  return [
    ...exprs,
    { change: `fires at once, not after ${duration}`, mutant: atOnce },
    { change: 'fires after two days', mutant: long },
  ];
}

async function passes(promtool: string, folder: string, name: string, alert: string, mutant: Rule): Promise<boolean> {
  const original = ruleTestFiles().get(name);
  if (!original) throw new Error(`There are no tests of ${name}.yml`);
  // The others would only take time: only what it rests on stands beside it.
  const groups = [
    { name: 'a-recorded', rules: recordedFor(mutant.expr) },
    { name: 'b-mutant', rules: [mutant] },
  ];
  await writeFile(join(folder, 'rules.yml'), stringify({ groups }));
  const tests = { ...original, rule_files: ['rules.yml'], tests: testsOf(alert, original) };
  await writeFile(join(folder, 'tests.yml'), stringify(tests));
  return run(promtool, ['test', 'rules', 'tests.yml'], { cwd: folder, timeoutMs: TEST_MS }).then(
    () => true,
    () => false,
  );
}

/** The recordings that an expression rests on, and those that these rest on, in their order. */
function recordedFor(expr: string): Rule[] {
  const recordings = rulesOf(ruleFiles().get('recording') ?? { groups: [] });
  const wanted = new Set(selectorsIn(expr).map(({ metric }) => metric));
  for (const { record, expr: rest } of [...recordings].reverse()) {
    if (record !== undefined && wanted.has(record)) for (const { metric } of selectorsIn(rest)) wanted.add(metric);
  }
  return recordings.filter(({ record }) => record !== undefined && wanted.has(record));
}
