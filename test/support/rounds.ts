import type { Parameters } from 'fast-check';

const MS_PER_ROUND = 10_000;

/**
 * How often a property is held against random data: usually as often as is quick, or as ROUNDS and SEED of the
 * environment say. The same seed makes the same data.
 */
export function rounds(usual: number): Parameters<unknown> {
  const seed = process.env['SEED'];
  return {
    numRuns: Number(process.env['ROUNDS'] ?? usual),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    // A smaller example takes minutes to find: ask for it by ROUNDS.
    endOnFailure: process.env['ROUNDS'] === undefined,
  };
}

/** How long jest waits for that many rounds, on a busy machine. */
export function patienceMs(usual: number): number {
  return 30_000 + MS_PER_ROUND * Number(process.env['ROUNDS'] ?? usual);
}
