import type { RatingCount } from '../risk/statistics/risk-statistics.reader';

const RATINGS = [1, 2, 3, 4, 5];

/** All 25 cells, in order of probability and impact, empty ones included. */
export function fillMatrix(counts: readonly RatingCount[]): RatingCount[] {
  return RATINGS.flatMap((probability) =>
    RATINGS.map((impact) => {
      const found = counts.find((cell) => cell.probability === probability && cell.impact === impact);
      return { probability, impact, count: found?.count ?? 0 };
    }),
  );
}
