import { randomUUID } from 'node:crypto';
import { freezeAndWeigh } from '../../src/cache/freeze-and-weigh';
import { heapBytes } from './heap';

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const named = (count: number, name: (index: number) => string): object =>
  Object.fromEntries(many(count, (index) => [name(index), index]));

/** Each makes about a megabyte. */
const shapes: Readonly<Record<string, () => unknown>> = {
  'empty objects': () => many(20_000, () => ({})),
  'empty arrays': () => many(20_000, () => []),
  'objects with one property': () => many(20_000, (index) => ({ a: index })),
  'objects in objects': () => many(40, () => JSON.parse(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`) as unknown),
  integers: () => many(100_000, (index) => index),
  fractions: () => many(50_000, () => Math.random()),
  strings: () => many(15_000, () => randomUUID()),
  'short strings': () => many(30_000, () => randomUUID().slice(0, 5)),
  'strings of other alphabets': () => many(10_000, () => `危険${randomUUID()}`),
  'names nobody else has': () => many(10, () => named(900, () => randomUUID())),
  'small objects with names nobody else has': () => many(4_000, () => named(2, () => randomUUID())),
  'answers of the API': () =>
    many(1_000, (index) => ({
      ...{ id: randomUUID(), title: `Risk ${randomUUID()}`, probability: 3, impact: 4, score: Math.random() * 20 },
      ...{ tags: ['cloud', randomUUID()], owner: { id: randomUUID(), name: 'Ada' }, version: index, assets: [] },
    })),
};

/** What else happens to the heap meanwhile is not in the middle one of five. */
const ROUNDS = 5;

/** The weight of a value in multiples of what it takes. */
function ratioOf(text: string): number {
  heapBytes();
  const before = heapBytes();
  const value = JSON.parse(text) as object;
  const weight = freezeAndWeigh(value);
  const taken = heapBytes() - before;
  // Looked at once more, so that it is still there.
  return Object.isFrozen(value) ? weight / taken : NaN;
}

const medians = Object.entries(shapes).map(([name, make]) => {
  const ratios = many(ROUNDS, () => ratioOf(JSON.stringify(make()))).sort((a, b) => a - b);
  return [name, ratios[Math.floor(ROUNDS / 2)]];
});
process.stdout.write(JSON.stringify(Object.fromEntries(medians)));
