export type ServerName = 'cached' | 'uncached';

export interface Scenario {
  readonly about: string;
  /** Which servers it asks. */
  readonly needs: readonly ServerName[];
}

/** Each is a script of k6 under its name in k6/, with its shape and its thresholds. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  baseline: { about: 'without a cache: 5 users, 2 min', needs: ['uncached'] },
  warm: { about: 'with a cache against without, in turns: 10 users, 2 x 4 min', needs: ['cached', 'uncached'] },
  peak: { about: 'to 50 users, 5 min, every cached read as often as every other', needs: ['cached'] },
  stress: { about: 'to 200 users, 10 min', needs: ['cached'] },
  spike: { about: 'from 5 users to 100 at once and back, 5 min', needs: ['cached'] },
  soak: { about: '10 users, as long as --minutes says', needs: ['cached'] },
};
