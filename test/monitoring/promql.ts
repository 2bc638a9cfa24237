import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common' with { 'resolution-mode': 'import' };

/** A metric that an expression names, with the labels it is asked for there. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const OPPOSITES: Readonly<Record<string, string>> = {
  Gtr: '<',
  Lss: '>',
  Eql: '!=',
  Gte: '<',
  EqlRegex: '!~',
  Neq: '=',
  And: 'or',
  Or: 'and',
  Unless: 'and',
};
const COMPARED = new Set(['Gtr', 'Lss', 'Eql', 'Gte']);

export function selectorsIn(expr: string): Selector[] {
  const found: Selector[] = [];
  for (const node of nodesOf(expr)) {
    if (node.name !== 'VectorSelector') continue;
    const metric = node.getChild('Identifier');
    if (!metric) throw new Error(`A selector without a name: ${textOf(expr, node)}`);
    const labels = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
    found.push({
      metric: textOf(expr, metric),
      labels: labels.flatMap((label) => label.getChildren('LabelName').map((name) => textOf(expr, name))),
    });
  }
  return found;
}

/** @throws Error where the expression does not parse */
export function assertParses(expr: string): void {
  if (nodesOf(expr).some(({ type }) => type.isError)) throw new Error(`This does not parse: ${expr}`);
}

/** The same expression with one thing wrong each: an operator turned round, a threshold half as far or as far again. */
export function mutantsOf(expr: string): string[] {
  return nodesOf(expr)
    .flatMap((node) => replacementsOf(expr, node))
    .map((replacement) => applied(expr, [replacement]));
}

/** The same expression, each of its durations replaced: of ranges, subqueries and offsets, not of what is compared. */
export function withDurations(expr: string, replace: (duration: string) => string): string {
  const durations = nodesOf(expr).filter(({ name }) => name === 'NumberDurationLiteralInDurationContext');
  return applied(
    expr,
    durations.map((node) => ({ from: node.from, to: node.to, text: replace(textOf(expr, node)) })),
  );
}

function replacementsOf(expr: string, node: SyntaxNode): Replacement[] {
  const { from, to, name } = node;
  const opposite = OPPOSITES[name];
  if (opposite !== undefined) return [{ from, to, text: opposite }];
  if (name !== 'NumberDurationLiteral' || !isThreshold(node)) return [];
  const value = Number(expr.slice(from, to));
  const values = value === 0 ? [2] : [value * 1.5, value / 1.5];
  return values.map((text) => ({ from, to, text: String(text) }));
}

function isThreshold({ parent }: SyntaxNode): boolean {
  for (let node = parent; node?.name === 'BinaryExpr'; node = node.parent) {
    for (let child = node.firstChild; child; child = child.nextSibling) if (COMPARED.has(child.name)) return true;
  }
  return false;
}

function applied(expr: string, replacements: readonly Replacement[]): string {
  const fromTheEnd = [...replacements].sort((a, b) => b.from - a.from);
  return fromTheEnd.reduce((text, { from, to, text: put }) => text.slice(0, from) + put + text.slice(to), expr);
}

function nodesOf(expr: string): SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  parser.parse(expr).iterate({ enter: ({ node }) => void nodes.push(node) });
  return nodes;
}

function textOf(expr: string, { from, to }: SyntaxNode): string {
  return expr.slice(from, to);
}
