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

/** In the place of a nonce: whatever is in that cell. No nonce is this. */
const ANY = '*';

/** What an entry is stored with that depends on some of its cells only. @param isNeeded by the place of a cell */
export function narrowed(vector: GenerationVector, isNeeded: (place: number) => boolean): GenerationVector {
  return vectorOf(noncesOf(vector).map((nonce, place) => (isNeeded(place) ? nonce : ANY)));
}

/** Whether every cell that an entry depends on holds what it was stored with. @param found in all of its cells */
export function holdsUnder(stored: string, found: readonly (string | null)[]): boolean {
  if (!stored.includes(ANY)) return stored === found.join(' ');
  const nonces = stored.split(' ');
  return nonces.length === found.length && nonces.every((nonce, place) => nonce === ANY || nonce === found[place]);
}

/** Of the cells that a vector was read from, those that an entry stored with it depends on, with what they must hold. */
export function neededBy<Cell>(
  stored: GenerationVector,
  cells: readonly Cell[],
): { cells: readonly Cell[]; nonces: string } {
  if (!stored.includes(ANY)) return { cells, nonces: stored };
  const nonces = noncesOf(stored);
  const isNeeded = (_: unknown, place: number): boolean => nonces[place] !== ANY;
  return { cells: cells.filter(isNeeded), nonces: nonces.filter(isNeeded).join(' ') };
}
