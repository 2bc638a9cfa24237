const LONGEST = 1000;
/** Of less, a part is also found where it means something else. */
const SHORTEST_PART = 8;
/** Of less, a secret is also found in records of a source that does not mean it, such as a PIN in the number of a CVE. */
const SHORTEST_UNMISTAKABLE = 12;

/**
 * What the other side has said, without the secrets that it was told: neither as they are nor as a URL, JSON, base64 or
 * hexadecimal digits spell them. At most 1000 characters, and none that Postgres cannot store.
 */
export function redacted(text: string, secrets: Iterable<string>): string {
  return spellingsOf(secrets)
    .reduce((rest, spelling) => rest.replaceAll(spelling, '[secret]'), text.toWellFormed().replaceAll('\0', ''))
    .slice(0, LONGEST)
    .toWellFormed();
}

/** Finds secrets that nothing is mistaken for, in any of these spellings. */
export function secretFinder(secrets: Iterable<string>): (text: string) => boolean {
  const spellings = spellingsOf([...secrets].filter(({ length }) => length >= SHORTEST_UNMISTAKABLE));
  return (text) => spellings.some((spelling) => text.includes(spelling));
}

/** The longest first: of one that holds another nothing is left over. */
function spellingsOf(secrets: Iterable<string>): string[] {
  const parts = [...secrets].flatMap((secret) => [
    secret,
    // The word behind `Bearer`.
    ...secret.split(/\s+/).filter(({ length }) => length >= SHORTEST_PART),
  ]);
  const spellings = new Set(parts.flatMap((part) => [...textsOf(part), ...digitsOf(Buffer.from(part, 'utf8'))]));
  spellings.delete('');
  return [...spellings].toSorted((one, other) => other.length - one.length);
}

function textsOf(secret: string): string[] {
  const inUrl = encodeURIComponent(secret);
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inLowerCase = inUrl.replace(/%../g, (digits) => digits.toLowerCase());
  return [secret, inUrl, inLowerCase, inJson, inJson.replaceAll('/', '\\/')];
}

function digitsOf(bytes: Buffer): string[] {
  const hexadecimal = bytes.toString('hex');
  const inside = [0, 1, 2].flatMap((bytesBefore) => base64Inside(bytes, bytesBefore));
  const base64 = [bytes.toString('base64').replace(/=+$/, ''), ...inside];
  return [...base64, ...base64.map(inUrlAlphabet), hexadecimal, hexadecimal.toUpperCase()];
}

/** What is sure to be in base64 of a text that holds the secret behind so many bytes, besides whole threes of them. */
function base64Inside(bytes: Buffer, bytesBefore: number): string[] {
  const all = Buffer.concat([Buffer.alloc(bytesBefore), bytes]);
  const whole = all.subarray(0, all.length - (all.length % 3)).toString('base64');
  const inside = whole.slice(Math.ceil((bytesBefore * 8) / 6));
  return inside.length >= SHORTEST_PART ? [inside] : [];
}

function inUrlAlphabet(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}
