import { randomBytes } from 'node:crypto';
import type { GenerationVector } from '../store';

const NONCE_BYTES = 12;
const BATCH_BYTES = NONCE_BYTES * 256;

let pool = Buffer.alloc(0);

/** What a cell holds. 96 random bits: it never comes back, whatever was lost, restored or flushed in between. */
export function newNonce(): string {
  if (pool.length === 0) pool = randomBytes(BATCH_BYTES);
  const nonce = pool.subarray(0, NONCE_BYTES).toString('base64url');
  pool = pool.subarray(NONCE_BYTES);
  return nonce;
}

export function vectorOf(nonces: readonly string[]): GenerationVector {
  return nonces.join(' ') as GenerationVector;
}

/** In the order of the cells they were read from. */
export function noncesOf(vector: GenerationVector): string[] {
  return vector.split(' ');
}
