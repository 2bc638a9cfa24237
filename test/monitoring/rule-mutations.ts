import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { run } from '../setup/run';
import { mutantsOf } from './promql';
import { ruleFiles, ruleTestFiles, rulesFolder, testsOf, type Rule, type RuleFile } from './rule-files';

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
      for (const [group, { rules }] of file.groups.entries()) {
        for (const [index, rule] of rules.entries()) {
          if (rule.alert === undefined) continue;
          for (const { change, mutant } of mutantsOfRule(rule)) {
            const mutated = structuredClone(file);
            mutated.groups[group]!.rules[index] = mutant;
            const caught = !(await passes(promtool, folder, name, rule.alert, mutated));
            results.push({ alert: rule.alert, change, caught });
          }
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

async function passes(
  promtool: string,
  folder: string,
  name: string,
  alert: string,
  mutated: RuleFile,
): Promise<boolean> {
  const original = ruleTestFiles().get(name);
  if (!original) throw new Error(`There are no tests of ${name}.yml`);
  await writeFile(join(folder, 'rules.yml'), stringify(mutated));
  const rules = [join(rulesFolder, 'recording.yml'), 'rules.yml'];
  const tests = { ...original, rule_files: rules, tests: testsOf(alert, original) };
  await writeFile(join(folder, 'tests.yml'), stringify(tests));
  return run(promtool, ['test', 'rules', 'tests.yml'], { cwd: folder, timeoutMs: TEST_MS }).then(
    () => true,
    () => false,
  );
}
