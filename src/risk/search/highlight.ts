import { wordsOf } from './search-terms';

/** From this share of common trigrams on, a word counts as a misspelling of another. */
const SIMILAR = 0.4;
const SNIPPET_LENGTH = 200;

interface Token {
  readonly text: string;
  readonly start: number;
  readonly hit: boolean;
}

/** The whole text with its matches in <mark>, everything else escaped for HTML. */
export function highlight(text: string, q: string): string {
  return marked(text, tokensOf(text, q));
}

/** The part of a text around its first match, or null without one. */
export function highlightedSnippet(text: string, q: string): string | null {
  const first = tokensOf(text, q).find(({ hit }) => hit);
  if (!first) return null;
  const start = wordStart(text, Math.max(0, first.start - SNIPPET_LENGTH / 4));
  const end = Math.min(text.length, Math.max(start + SNIPPET_LENGTH, first.start + first.text.length));
  const part = text.slice(start, end).toWellFormed();
  return `${start > 0 ? '… ' : ''}${marked(part, tokensOf(part, q))}${end < text.length ? ' …' : ''}`;
}

function tokensOf(text: string, q: string): Token[] {
  const terms = wordsOf(q.toLowerCase()).flatMap((word) => word.match(/[\p{L}\p{N}]+/gu) ?? []);
  return [...text.matchAll(/[\p{L}\p{N}]+/gu)].map(({ 0: word, index }) => {
    const lower = word.toLowerCase();
    return { text: word, start: index, hit: terms.some((term) => lower.startsWith(term) || similar(lower, term)) };
  });
}

function marked(text: string, tokens: readonly Token[]): string {
  let html = '';
  let end = 0;
  for (const { text: word, start, hit } of tokens) {
    if (!hit) continue;
    html += `${escapeHtml(text.slice(end, start))}<mark>${escapeHtml(word)}</mark>`;
    end = start + word.length;
  }
  return html + escapeHtml(text.slice(end));
}

function wordStart(text: string, from: number): number {
  if (from === 0) return 0;
  const space = text.slice(from, from + SNIPPET_LENGTH / 4).search(/\s/);
  return space < 0 ? from : from + space + 1;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** As pg_trgm compares words. */
function similar(a: string, b: string): boolean {
  if (a.length < 3 || b.length < 3) return false;
  const ours = trigramsOf(a);
  const theirs = trigramsOf(b);
  const common = [...ours].filter((trigram) => theirs.has(trigram)).length;
  return common / (ours.size + theirs.size - common) >= SIMILAR;
}

function trigramsOf(word: string): Set<string> {
  const padded = `  ${word} `;
  return new Set(Array.from({ length: padded.length - 2 }, (_, index) => padded.slice(index, index + 3)));
}
