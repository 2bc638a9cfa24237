import { wordsOf } from './search-terms';

/** From this share of common trigrams on, a word counts as a misspelling of another. */
const SIMILAR = 0.4;
const SNIPPET_LENGTH = 200;
/** Words of a search that are marked; more are searched for. */
const MOST_TERMS = 16;
const WORD = /[\p{L}\p{N}]+/gu;

interface Token {
  readonly text: string;
  readonly start: number;
  readonly hit: boolean;
}

/** The whole text, a short one, with its matches in <mark>, everything else escaped for HTML. */
export function highlight(text: string, q: string): string {
  return marked(text, tokensOf(text, termsOf(q)));
}

/**
 * The part of a text around its first word that begins like a word of the search, or null without one. Misspellings are
 * looked for in that part only: comparing every word of a long text takes its time.
 */
export function highlightedSnippet(text: string, q: string): string | null {
  const terms = termsOf(q);
  const first = terms.length > 0 ? beginningWith(terms).exec(text) : null;
  if (!first) return null;
  const start = wordStart(text, Math.max(0, first.index - SNIPPET_LENGTH / 4));
  const end = Math.min(text.length, Math.max(start + SNIPPET_LENGTH, first.index + first[0].length));
  const part = text.slice(start, end).toWellFormed();
  return `${start > 0 ? '… ' : ''}${marked(part, tokensOf(part, terms))}${end < text.length ? ' …' : ''}`;
}

function termsOf(q: string): string[] {
  const terms = wordsOf(q.toLowerCase()).flatMap((word) => word.match(WORD) ?? []);
  return [...new Set(terms)].slice(0, MOST_TERMS);
}

/** Terms are letters and digits, so none of them means anything to a pattern. */
function beginningWith(terms: readonly string[]): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${terms.join('|')})[\\p{L}\\p{N}]*`, 'iu');
}

function tokensOf(text: string, terms: readonly string[]): Token[] {
  const trigrams = terms.map(trigramsOf);
  return [...text.matchAll(WORD)].map(({ 0: word, index }) => {
    const lower = word.toLowerCase();
    const hit = terms.some((term) => lower.startsWith(term)) || isSimilar(lower, trigrams);
    return { text: word, start: index, hit };
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

/** As pg_trgm compares words; words under three letters resemble nothing. */
function isSimilar(word: string, terms: readonly ReadonlySet<string>[]): boolean {
  if (word.length < 3) return false;
  const ours = trigramsOf(word);
  return terms.some((theirs) => {
    // Fewer than four trigrams are of less than three letters.
    if (theirs.size < 4) return false;
    const common = [...ours].filter((trigram) => theirs.has(trigram)).length;
    return common / (ours.size + theirs.size - common) >= SIMILAR;
  });
}

function trigramsOf(word: string): Set<string> {
  const padded = `  ${word} `;
  return new Set(Array.from({ length: padded.length - 2 }, (_, index) => padded.slice(index, index + 3)));
}
