const [quote, backslash, colon] = [0x22, 0x5c, 0x3a];
const [openBrace, closeBrace] = [0x7b, 0x7d];

/**
 * The first name that an object gives twice: parsing would keep its last value and drop the others in silence.
 *
 * @param text valid JSON
 * @returns the name, and where its second one ends
 */
export function repeatedName(text: string): { readonly name: string; readonly at: number } | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === openBrace) open.push(new Set());
    else if (code === closeBrace) open.pop();
    if (code !== quote) continue;
    const end = endOfString(text, at);
    if (isFollowedByColon(text, end)) {
      const raw = text.slice(at + 1, end);
      const name = raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw;
      const names = open.at(-1);
      if (names?.has(name)) return { name, at: end };
      names?.add(name);
    }
    at = end;
  }
  return undefined;
}

/** Where the quote is that closes it. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at;
  }
  return text.length;
}

/** Only names are. */
function isFollowedByColon(text: string, end: number): boolean {
  let at = end + 1;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
  return text.charCodeAt(at) === colon;
}
