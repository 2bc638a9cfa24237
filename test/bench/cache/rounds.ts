/** One library in one case. */
export interface Subject {
  readonly name: string;
  /** Measures once. @returns microseconds, of one operation */
  sample(): Promise<number>;
}

export interface Series {
  readonly name: string;
  /** Microseconds, by round. */
  readonly samples: readonly number[];
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Measures all in each round, and starts each with another one: what the machine does meanwhile, it does to all. */
export async function interleaved(subjects: readonly Subject[], rounds: number): Promise<Series[]> {
  const samples = subjects.map((): number[] => []);
  // The first is for the compiler.
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const index = (turn + round + 1) % subjects.length;
      const taken = await subjects[index]?.sample();
      if (round >= 0 && taken !== undefined) samples[index]?.push(taken);
    }
  }
  return subjects.map(({ name }, index) => ({ name, samples: samples[index] ?? [] }));
}

/**
 * Does something over and over, so many at once.
 * @returns microseconds of this process's CPU for one: what is measured on a machine that does other things too, and what
 * limits a process that has always something to do
 */
export async function cpuOfEach(
  operation: (count: number) => Promise<unknown>,
  { concurrent, forMs }: { concurrent: number; forMs: number },
): Promise<number> {
  let count = 0;
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const worker = async (): Promise<void> => {
    while (performance.now() - startedAt < forMs) await operation(count++);
  };
  await Promise.all(Array.from({ length: concurrent }, worker));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** @returns microseconds until it is done */
export async function timeOf(operation: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await operation();
  return (performance.now() - startedAt) * 1_000;
}

export function spreadOf(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
  return { median, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN };
}

/** How many times as long one takes as the other, round by round. */
export function ratioOf(one: Series, other: Series): Spread {
  return spreadOf(one.samples.map((sample, round) => sample / (other.samples[round] ?? NaN)));
}
