/** How many risks there are and what their scores add up to, in hundredths: whole numbers, so that nothing is lost. */
export interface ScoreSum {
  readonly risks: number;
  readonly scoreHundredths: number;
}

/** Mean score with two decimals, half rounded up; 0 without risks. */
export function averageScore({ risks, scoreHundredths }: ScoreSum): number {
  return risks === 0 ? 0 : divideHalfUp(scoreHundredths, risks) / 100;
}

/** `max(0, 100 - mean score x 4)` as a whole number, half rounded up, of the mean before rounding; 100 without risks. */
export function globalRiskScore({ risks, scoreHundredths }: ScoreSum): number {
  return risks === 0 ? 100 : Math.max(0, divideHalfUp(100 * 100 * risks - 4 * scoreHundredths, 100 * risks));
}

/** In whole numbers: 1.005 is not a number that a computer has. */
function divideHalfUp(dividend: number, divisor: number): number {
  return Math.floor((2 * dividend + divisor) / (2 * divisor));
}
