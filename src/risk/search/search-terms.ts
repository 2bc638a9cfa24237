/** The words of a search, as a person separates them. */
export function wordsOf(q: string): string[] {
  return q.split(/\s+/u).filter((word) => word !== '');
}

/**
 * A tsquery for texts that have every word, or a word that begins with it. What Postgres makes of a word (`CVE-2024-3094`
 * is three to it) it makes of the text alike.
 *
 * @param weights of the parts of the text that count, e.g. `AB`
 */
export function prefixQuery(q: string, weights = ''): string {
  return wordsOf(q)
    .map((word) => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}':*${weights}`)
    .join(' & ');
}

/** A LIKE pattern for texts that contain exactly this. */
export function containing(q: string): string {
  return `%${q.trim().replaceAll(/[\\%_]/g, '\\$&')}%`;
}
