import { tableText, type Cell } from '../../src/start/table';
import { rounded, type Check, type Figures, type LoadSummary, type ReadFigures } from './summary';

/** What was measured, and below what of it should have been otherwise. */
export function describeLoad({ figures, checks }: LoadSummary): string {
  return [tableText(figureRows(figures)), tableText(checkRows(checks))].join('\n');
}

/** Each kind of read while it was measured, the most frequent first. */
export function describeReads(reads: readonly ReadFigures[]): string {
  const rows = reads
    .filter(({ phase }) => phase === 'measured')
    .sort((one, other) => other.count - one.count)
    .map(({ server, name, count, averageMs, p95Ms, hitRate }) => [
      ...[server, name, String(count), rounded(averageMs), rounded(p95Ms), percent(hitRate)],
    ]);
  return tableText([['server', 'read', 'asked', 'avg ms', 'p95 ms', 'hits'], ...rows]);
}

function figureRows(figures: readonly Figures[]): Cell[][] {
  const heading = ['server', 'phase', 'req/s', 'avg ms', 'p95 ms', 'p99 ms', 'write p95', 'failed', 'hits'];
  return [
    [...heading, 'pg in use', 'pg open', 'MB'],
    ...figures.map((one) => [
      ...[one.server, one.phase, rounded(one.requestsPerSecond), rounded(one.averageMs), rounded(one.p95Ms)],
      ...[rounded(one.p99Ms), rounded(one.writeP95Ms), percent(one.failed), percent(one.hitRate)],
      ...[rounded(one.connectionsInUse), rounded(one.connectionsOpen), rounded(one.residentMegabytes)],
    ]),
  ];
}

function checkRows(checks: readonly Check[]): Cell[][] {
  const rows = checks.map(({ name, found, wanted, ok }) => [name, ok ? 'ok' : 'MISSED', found, wanted]);
  return [['should be', 'result', 'found', 'wanted'], ...rows];
}

function percent(share: number | undefined): string {
  return share === undefined ? '-' : `${rounded(share * 100)} %`;
}
