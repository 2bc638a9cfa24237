import { tableText, type Cell } from '../../src/start/table';
import { rounded, type Check, type Figures, type LoadSummary } from './summary';

/** What was measured, and below what of it should have been otherwise. */
export function describeLoad({ figures, checks }: LoadSummary): string {
  return [tableText(figureRows(figures)), tableText(checkRows(checks))].join('\n');
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
