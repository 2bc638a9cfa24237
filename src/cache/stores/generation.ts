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

/** The places of the cells that an entry depends on, all of them when there are none here, and what these must hold. */
export interface Needs {
  readonly places: readonly number[] | undefined;
  readonly nonces: string;
}

export function needsOf(stored: GenerationVector): Needs {
  if (!stored.includes(ANY)) return { places: undefined, nonces: stored };
  const needed = noncesOf(stored).flatMap((nonce, place) => (nonce === ANY ? [] : [{ nonce, place }]));
  return { places: needed.map(({ place }) => place), nonces: needed.map(({ nonce }) => nonce).join(' ') };
}

/** Of the cells of an entry, those that it depends on. */
export function neededOf<Cell>({ places }: Needs, cells: readonly Cell[]): readonly Cell[] {
  return places ? places.flatMap((place) => cells[place] ?? []) : cells;
}
