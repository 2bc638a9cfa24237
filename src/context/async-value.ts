import { AsyncLocalStorage } from 'node:async_hooks';

/** A value that somebody runs under, and what was there before. */
interface Layer {
  readonly of: object;
  readonly value: unknown;
  readonly below: Layer | undefined;
}

/** One for all: every promise is given a reference per storage, and a request makes a hundred promises. */
const storage = new AsyncLocalStorage<Layer>();

/** A value that everything asynchronous inside of some work sees: an AsyncLocalStorage that shares the one there is. */
export class AsyncValue<T> {
  run<R>(value: T, work: () => R): R {
    return storage.run({ of: this, value, below: without(this, storage.getStore()) }, work);
  }

  /** Undefined outside of {@link run}. */
  get(): T | undefined {
    for (let layer = storage.getStore(); layer; layer = layer.below) {
      if (layer.of === this) return layer.value as T;
    }
    return undefined;
  }
}

/** What starts the next of itself under itself, for ever, must not pile up what nobody can see any more. */
function without(of: object, layer: Layer | undefined): Layer | undefined {
  if (!layer) return undefined;
  if (layer.of === of) return layer.below;
  const below = without(of, layer.below);
  return below === layer.below ? layer : { ...layer, below };
}
