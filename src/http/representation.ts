import { createHash } from 'node:crypto';

/** The bytes of a JSON answer and their strong ETag. */
export interface Representation {
  readonly bytes: Buffer;
  readonly etag: string;
}

const remembered = new WeakMap<object, Representation>();

/**
 * Serializes a value. The ETag of a versioned resource starts with its version (`"v12-9f3a..."`), so that `If-Match`
 * can be decided from it; the hash behind it covers what the version does not.
 *
 * @param text its JSON, for whoever has it already
 */
export function makeRepresentation(value: object, text = JSON.stringify(value)): Representation {
  const bytes = Buffer.from(text);
  const hash = createHash('sha1').update(bytes).digest('base64url').slice(0, 20);
  const version = 'version' in value && typeof value.version === 'number' ? `v${value.version}-` : '';
  return { bytes, etag: `"${version}${hash}"` };
}

/** Ties ready bytes to the identity of a frozen value: whoever answers with that value sends these bytes. */
export function rememberRepresentation(value: object, representation: Representation): void {
  remembered.set(value, representation);
}

export function rememberedRepresentation(value: object): Representation | undefined {
  return remembered.get(value);
}
