const LONGEST = 1000;

/**
 * What the other side has said, without the secrets that it was told: neither as they are nor as a URL, JSON or base64
 * spells them. At most 1000 characters, and none that Postgres cannot store.
 */
export function redacted(text: string, secrets: Iterable<string>): string {
  const spellings = [...secrets].flatMap(spellingsOf).filter((spelling) => spelling !== '');
  // The longest first: of one that holds another nothing is left over.
  return spellings
    .toSorted((one, other) => other.length - one.length)
    .reduce((rest, spelling) => rest.replaceAll(spelling, '[secret]'), text.toWellFormed().replaceAll('\0', ''))
    .slice(0, LONGEST)
    .toWellFormed();
}

function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
}
