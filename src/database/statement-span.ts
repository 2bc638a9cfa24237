import type { SpanDescription } from '../tracing/tracer';

const spans = new Map<string, SpanDescription>();
/** As many as there are prepared statements. */
const MAX_KNOWN = 500;
/** But what the statement reads from. */
const INNERMOST_PARENTHESES = /(?<!\bFROM\s*)\([^()]*\)/g;

/** A statement in a trace: what it does and to which table. Neither its text nor its parameters. */
export function statementSpan(sql: string): SpanDescription {
  const known = spans.get(sql);
  if (known) return known;
  const outermost = withoutParentheses(sql);
  const operation = (/\b(SELECT|INSERT|UPDATE|DELETE)\b/.exec(outermost) ?? /[A-Z]+/.exec(outermost))?.[0] ?? 'SQL';
  const table = /\b(?:FROM|INTO|UPDATE)\s+([a-z_]{1,63})\b/.exec(outermost)?.[1];
  const span: SpanDescription = {
    name: table === undefined ? operation : `${operation} ${table}`,
    kind: 'client',
    attributes: {
      ...{ 'db.system.name': 'postgresql', 'db.operation.name': operation },
      ...(table === undefined ? {} : { 'db.collection.name': table }),
    },
  };
  if (spans.size < MAX_KNOWN) spans.set(sql, span);
  return span;
}

function withoutParentheses(sql: string): string {
  for (let text = sql; ;) {
    const shorter = text.replaceAll(INNERMOST_PARENTHESES, '');
    if (shorter === text) return text;
    text = shorter;
  }
}
