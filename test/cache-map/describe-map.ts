import type { CacheMap } from './cache-map';
import { calledByNone, evictsNothing, neverOld } from './exceptions';

/** Asked by so many operations, a read belongs to the request and not to the operation. */
const MOST = 20;

/** docs/cache-map.md */
export function describeMap({ writes, reads }: CacheMap): string {
  return [
    '# Which write makes which cached answer old',
    '',
    'Written by `npm run docs`: every operation is called and every job run once, what its methods declare with `@CacheEvict`',
    'and `@CachePut` is compared with what the store is told to evict, and must be the same. The build fails for a write that',
    'evicts nothing, or an answer that no write makes old, unless `test/cache-map/exceptions.ts` says why. `(id)` is the one',
    'that is written, `all of risk` all that the tenant has in that cache. Besides, `evictFromCache` evicts what its caller names.',
    '',
    '## Writes',
    ...groupedBy(writes, ({ evicted }) => evicted).flatMap(([evicted, group]) => [
      ...['', `### Evict ${listOf(evicted)}`, '', '| write | through |', '|---|---|'],
      ...group.map(({ name, methods }) => `| ${name} | ${listOf(methods)} |`),
      ...['', `Old are then: ${listOf(group[0]?.makesOld ?? [])}`],
    ]),
    '',
    '## Cached answers',
    ...groupedBy(reads, ({ tags }) => tags).flatMap(([tags, group]) => [
      ...['', `### Depend on ${listOf(tags)}`, '', '| answer of | asked by |', '|---|---|'],
      ...group.map(
        ({ method, askedBy }) => `| \`${method}\` | ${askedBy.length > MOST ? 'most requests' : askedBy.join(', ')} |`,
      ),
      ...['', `Made old by: ${group[0]?.madeOldBy.join(', ')}`],
    ]),
    '',
    '## Exceptions',
    ...exceptions('Writes that make nothing old', evictsNothing),
    ...exceptions('Answers that no write makes old', neverOld),
    ...exceptions('Methods that no operation and no job ends in', calledByNone),
    '',
  ].join('\n');
}

function groupedBy<T>(all: readonly T[], by: (one: T) => readonly string[]): [readonly string[], T[]][] {
  const groups = new Map<string, [readonly string[], T[]]>();
  for (const one of all) {
    const names = by(one);
    if (names.length === 0) continue;
    const group = groups.get(names.join()) ?? [names, []];
    group[1].push(one);
    groups.set(names.join(), group);
  }
  return [...groups.values()];
}

function exceptions(title: string, reasons: Readonly<Record<string, string>>): string[] {
  const rows = Object.entries(reasons).map(([name, reason]) => `- ${name}: ${reason}`);
  return rows.length === 0 ? [] : ['', `${title}:`, '', ...rows];
}

function listOf(names: readonly string[]): string {
  return names.map((name) => (name.startsWith('all of ') ? name : `\`${name}\``)).join(', ');
}
