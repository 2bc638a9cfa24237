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
    .map((word) => {
      const spellings = spellingsOf(word).map(
        (one) => `'${one.replaceAll('\\', '\\\\').replaceAll("'", "''")}':*${weights}`,
      );
      return spellings.length > 1 ? `(${spellings.join(' | ')})` : spellings.join();
    })
    .join(' & ');
}

/** LIKE patterns for texts that contain exactly this: one, or as many as there are spellings. */
export function containing(q: string): string[] {
  return spellingsOf(q.trim()).map((one) => `%${one.replaceAll(/[\\%_]/g, '\\$&')}%`);
}

/** What looks the same: one keyboard sends an é, another one an e and its accent, and texts are kept as they were sent. */
function spellingsOf(text: string): string[] {
  return [...new Set([text, text.normalize('NFC'), text.normalize('NFD')])];
}
