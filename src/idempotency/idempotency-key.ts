import { createHmac } from 'node:crypto';
import { BadRequest } from '../errors/http.errors';

const bare = /^[\w.:~+/=-]{1,200}$/;
const quoted = /^"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,200})"$/;

/**
 * The key in an `Idempotency-Key` header: a String of Structured Fields as draft-ietf-httpapi-idempotency-key-header asks,
 * or bare, as most clients send it.
 *
 * @throws BadRequest 400
 */
export function parseIdempotencyKey(header: string): string {
  const text = header.trim();
  const key = bare.test(text) ? text : quoted.exec(text)?.[1];
  if (key !== undefined) return key;
  throw new BadRequest('Idempotency-Key is not valid.', [
    { pointer: 'Idempotency-Key', code: 'idempotency-key', message: 'must be 1 to 200 printable characters' },
  ]);
}

/** Tells one request from another: its target with the query, and its body, which is not to be guessed from it. */
export function fingerprintOf(secret: Buffer, url: string, body: unknown): Buffer {
  const hash = createHmac('sha256', secret).update(url).update('\n');
  return hash.update(Buffer.isBuffer(body) ? body : JSON.stringify(body ?? null)).digest();
}
