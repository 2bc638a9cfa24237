import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What an opaque token is good for: `ork` an API token, `orr` a refresh token, `ori` an invitation. */
export type TokenKind = 'ork' | 'orr' | 'ori';

/** Where the row behind a token is, in which tenant, and what its secret must hash to. */
export interface OpaqueToken {
  readonly tenantId: string;
  readonly id: string;
  readonly secretHash: Buffer;
}

const FORM = /^(ork|orr|ori)_([0-9a-f]{32})([0-9a-f]{32})_([\w-]{43})$/;

/**
 * Makes a token that says where it belongs: `<kind>_<tenant><id>_<secret>`. The secret is 256 random bits; only its
 * SHA-256 may be stored, which is enough for what nobody can guess.
 */
export function makeOpaqueToken(
  kind: TokenKind,
  tenantId: string,
  id: string,
): { readonly token: string; readonly secretHash: Buffer } {
  const secret = randomBytes(32).toString('base64url');
  const place = `${tenantId}${id}`.replaceAll('-', '').toLowerCase();
  return { token: `${kind}_${place}_${secret}`, secretHash: hashOfSecret(secret) };
}

/** Undefined for what does not look like a token of this kind; whether it is one, its row says. */
export function parseOpaqueToken(kind: TokenKind, token: string): OpaqueToken | undefined {
  const [, found, tenant, id, secret] = FORM.exec(token) ?? [];
  if (found !== kind || tenant === undefined || id === undefined || secret === undefined) return undefined;
  return { tenantId: uuidOf(tenant), id: uuidOf(id), secretHash: hashOfSecret(secret) };
}

/** Compares in constant time. */
export function isSameSecret(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

export function hashOfSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function uuidOf(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
