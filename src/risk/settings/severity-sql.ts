import type { SeverityThresholds } from '../risk-score';

/**
 * SQL of the severity that a score has; null for none.
 *
 * @param score a column
 * @param bind adds a parameter to the statement and returns its placeholder
 */
export function severityRule(
  { MEDIUM, HIGH, CRITICAL }: SeverityThresholds,
  bind: (value: unknown) => string,
): (score: string) => string {
  const [medium, high, critical] = [MEDIUM, HIGH, CRITICAL].map((from) => `${bind(from)}::float8`);
  return (score) => `CASE WHEN ${score} IS NULL THEN NULL WHEN ${score} >= ${critical} THEN 'CRITICAL'
    WHEN ${score} >= ${high} THEN 'HIGH' WHEN ${score} >= ${medium} THEN 'MEDIUM' ELSE 'LOW' END`;
}
