import { v7 as uuidv7 } from 'uuid';

/** Chance that repeats itself: the same seed gives the same demo everywhere. Not for secrets. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 to below 1 (mulberry32). */
  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Both bounds included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }

  happens(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** @throws RangeError for an empty list */
  pick<T>(choices: readonly T[]): T {
    const [chosen] = choices.slice(this.integer(0, choices.length - 1));
    if (chosen === undefined) throw new RangeError('There is nothing to pick from');
    return chosen;
  }

  /** Keys with their weights, which need not add up to anything. */
  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key {
    const entries = Object.entries(weights) as [Key, number][];
    let left = this.fraction() * entries.reduce((total, [, weight]) => total + weight, 0);
    const chosen = entries.find(([, weight]) => (left -= weight) < 0) ?? entries.at(-1);
    if (!chosen) throw new RangeError('There is nothing to pick from');
    return chosen[0];
  }

  shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, place: this.fraction() }))
      .sort((one, other) => one.place - other.place)
      .map(({ item }) => item);
  }

  /** A UUID v7 of something that was made then. */
  uuid(at: Date): string {
    return uuidv7({ msecs: at.getTime(), random: Uint8Array.from({ length: 16 }, () => this.integer(0, 255)) });
  }
}
