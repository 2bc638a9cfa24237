import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { root } from './compose-files';

export const rulesFolder = join(root, 'monitoring', 'prometheus', 'rules');
export const ruleTestsFolder = join(root, 'monitoring', 'prometheus', 'tests');

export interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface RuleFile {
  groups: { name: string; interval?: string; rules: Rule[] }[];
}

export interface RuleTest {
  readonly name: string;
  readonly promql_expr_test: readonly { readonly expr: string; readonly exp_samples: readonly unknown[] }[];
}

export interface RuleTestFile {
  rule_files: string[];
  tests: RuleTest[];
}

/** By the name of the file, without its ending. */
export function ruleFiles(): Map<string, RuleFile> {
  return filesIn(rulesFolder);
}

export function ruleTestFiles(): Map<string, RuleTestFile> {
  return filesIn(ruleTestsFolder);
}

export function rulesOf(file: RuleFile): Rule[] {
  return file.groups.flatMap(({ rules }) => rules);
}

/** A test is named `<alert>: what is given`. */
export function testsOf(alert: string, { tests }: RuleTestFile): RuleTest[] {
  return tests.filter(({ name }) => name.startsWith(`${alert}: `));
}

function filesIn<T>(folder: string): Map<string, T> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yml'));
  return new Map(names.map((name) => [basename(name, '.yml'), parse(readFileSync(join(folder, name), 'utf8')) as T]));
}
