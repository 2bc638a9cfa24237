import { cpus } from 'node:os';
import type { BenchOptions, Row } from './cases/case';
import { LIBRARIES } from './libraries/all-libraries';
import { ratioOf, spreadOf } from './rounds';

const [OURS, ...OTHERS] = LIBRARIES.map(({ name }) => name);

/** As a table of Markdown: our time, and how many times as long the others take. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => [row.what, ourCell(row), ...OTHERS.map((name) => theirCell(row, name))]);
  return alignedTable([['', `${OURS}, each`, ...OTHERS.map((name) => `${name}, times ours`)], ...lines]);
}

export function alignedTable([head = [], ...lines]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((cells) => cells[column]?.length ?? 0), 3));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.map(line)].join('\n');
}

/** What each library compares on a hit, without which the ratios cannot be read. */
export function describeChecks(): string {
  const told = LIBRARIES.flatMap(({ name, version, checks }) => [
    `${name} ${version}`,
    ...Object.entries(checks).map(([kind, check]) => `  ${kind.padEnd(7)} ${check}`),
  ]);
  return ['Before it hands out a hit, it checks:', ...told].join('\n');
}

export function jsonOf(rows: readonly Row[], options: BenchOptions): string {
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
  const versions = Object.fromEntries(LIBRARIES.map(({ name, version }) => [name, version]));
  const at = new Date().toISOString();
  return `${JSON.stringify({ at, machine, versions, options, microseconds: rows }, undefined, 2)}\n`;
}

function ourCell({ series, remarks }: Row): string {
  const ours = series.find(({ name }) => name === OURS);
  if (!ours) return remarks[OURS ?? ''] ?? '-';
  const { median, min, max } = spreadOf(ours.samples);
  return withRemark(`${time(median)} (${time(min)} - ${time(max)})`, remarks[OURS ?? '']);
}

function theirCell({ series, remarks }: Row, name: string): string {
  const theirs = series.find((each) => each.name === name);
  const ours = series.find((each) => each.name === OURS);
  if (!theirs || !ours) return remarks[name] ?? '-';
  const { median, min, max } = ratioOf(theirs, ours);
  return withRemark(`${factor(median)} (${factor(min)} - ${factor(max)})`, remarks[name]);
}

function withRemark(cell: string, remark: string | undefined): string {
  return remark === undefined ? cell : `${cell}, ${remark}`;
}

function time(microseconds: number): string {
  return microseconds < 1_000 ? `${microseconds.toPrecision(3)} us` : `${(microseconds / 1_000).toPrecision(3)} ms`;
}

function factor(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0);
}
