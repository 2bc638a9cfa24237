import { AsyncValue } from '../context/async-value';

const keeping = new AsyncValue<true>();

/**
 * Runs work whose result is kept: a load, or a write whose answer is put. What it reads from other caches must be
 * current, not under a lease: what was behind then would stay so for as long as the result is kept.
 */
export function whileKeeping<T>(work: () => Promise<T>): Promise<T> {
  return keeping.run(true, work);
}

export function isKeeping(): boolean {
  return keeping.get() ?? false;
}
