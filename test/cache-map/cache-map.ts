import { declaredTagsOf, sorted } from './declared';
import { evictsAtWill } from './exceptions';
import type { Observation } from './observe';

/** One operation or job that writes, and how it ends. */
export interface Write {
  readonly name: string;
  readonly succeeded: boolean;
  /** Methods with a decorator that it calls, or what it tells the cache in code. */
  readonly methods: readonly string[];
  /** Which these declare. */
  readonly declared: readonly string[];
  /** Which it was seen to evict. */
  readonly evicted: readonly string[];
  /** Names of cached reads. */
  readonly makesOld: readonly string[];
}

export interface Read {
  /** `RiskReader.list` */
  readonly method: string;
  readonly cache: string;
  /** Operations that call it, and cached reads that do. */
  readonly askedBy: readonly string[];
  readonly tags: readonly string[];
  /** Names of writes. */
  readonly madeOldBy: readonly string[];
  /** Whether a write evicts it by a tag, and not only with all of its cache. */
  readonly isReachedByTag: boolean;
}

export interface CacheMap {
  readonly writes: readonly Write[];
  readonly reads: readonly Read[];
  /** Decorated writes that nothing was seen to call. */
  readonly unreached: readonly string[];
}

/** Puts what is declared beside what was seen. */
export function cacheMapOf({ recorder, names, all }: Observation): CacheMap {
  const declared = new Map<string, readonly string[]>(recorder.toldInCode);
  for (const one of recorder.decorated) {
    const tags = declaredTagsOf(one, names);
    if (tags) declared.set(one.label, tags);
  }
  const seen = all
    .filter(({ name }) => name !== evictsAtWill)
    .map(({ name, isWrite, recordings }) => ({
      ...{ name, isWrite, succeeded: recordings.length > 0 },
      methods: sorted(recordings.flatMap(({ writes }) => [...writes])),
      asked: sorted(recordings.flatMap(({ reads }) => [...reads])),
      evicted: sorted(recordings.flatMap(({ evicted }) => [...evicted])),
    }));
  const reads = recorder.decorated.flatMap(({ label, cacheable }) => {
    if (!cacheable) return [];
    const tags = sorted(recorder.tagsOfRead.get(label) ?? []);
    const byTag = tags.filter((tag) => tag !== names.ofCache(cacheable.cache));
    return {
      ...{ method: label, cache: cacheable.cache, tags },
      askedBy: [
        ...seen.filter(({ isWrite, asked }) => !isWrite && asked.includes(label)).map(({ name }) => name),
        ...sorted(recorder.callersOfRead.get(label) ?? []),
      ],
      madeOldBy: seen.filter(({ evicted }) => meet(evicted, tags)).map(({ name }) => name),
      isReachedByTag: seen.some(({ evicted }) => meet(evicted, byTag)),
    };
  });
  const writes = seen.flatMap(({ name, isWrite, succeeded, methods, evicted }) =>
    isWrite || methods.length > 0
      ? {
          ...{ name, succeeded, methods, evicted },
          declared: sorted(methods.flatMap((method) => declared.get(method) ?? [])),
          makesOld: reads.filter(({ tags }) => meet(tags, evicted)).map(({ method }) => method),
        }
      : [],
  );
  const reached = new Set(writes.flatMap(({ methods }) => methods));
  const methods = recorder.decorated.filter(({ cacheable }) => !cacheable).map(({ label }) => label);
  return { writes, reads, unreached: methods.filter((method) => !reached.has(method)) };
}

function meet(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.includes(one));
}
