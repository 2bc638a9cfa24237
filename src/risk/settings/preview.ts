import { currentReach } from '../../context/rights';
import { bindings } from '../../database/bindings';
import type { ReadSession } from '../../database/session';
import { Permission } from '../../rbac/permission';
import { reachSql } from '../risk-reach';
import { SEVERITIES, type Severity, type SeverityThresholds } from '../risk-score';
import { SHOWN_RISKS, type SettingsPreviewResponse } from './settings.dto';
import { severityRule } from './severity-sql';

export interface Moves {
  readonly from: Severity;
  readonly to: Severity;
  readonly count: number;
}

type Figures = Pick<SettingsPreviewResponse, 'total' | 'moving' | 'before' | 'after' | 'moves'>;

/** How many risks that the caller reaches go from each severity to each. What nobody does is left out. */
export function readMoves(session: ReadSession, thresholds: SeverityThresholds): Promise<Moves[]> {
  const { parameters, bind } = bindings(session.tenantId);
  const severityOf = severityRule(thresholds, bind);
  return session.query<Moves>(
    `SELECT severity AS "from", ${severityOf('score')} AS "to", count(*) AS count
       FROM risks r WHERE ${visible(bind)} GROUP BY 1, 2`,
    parameters,
  );
}

export function readMovingRisks(
  session: ReadSession,
  thresholds: SeverityThresholds,
): Promise<SettingsPreviewResponse['risks']> {
  const { parameters, bind } = bindings(session.tenantId);
  const severityOf = severityRule(thresholds, bind);
  return session.query(
    `SELECT r.id, r.title, r.score, r.severity AS "from", ${severityOf('r.score')} AS "to"
       FROM risks r WHERE ${visible(bind)} AND r.severity <> ${severityOf('r.score')}
      ORDER BY r.score DESC, r.id DESC LIMIT ${SHOWN_RISKS}`,
    parameters,
  );
}

/** The whole table of 16, and what it adds up to. */
export function figuresOf(found: readonly Moves[]): Figures {
  const moves = SEVERITIES.flatMap((from) =>
    SEVERITIES.map((to) => ({ from, to, count: sum(found.filter((each) => each.from === from && each.to === to)) })),
  );
  return {
    total: sum(moves),
    moving: sum(moves.filter(({ from, to }) => from !== to)),
    before: countBy((severity) => moves.filter(({ from }) => from === severity)),
    after: countBy((severity) => moves.filter(({ to }) => to === severity)),
    moves,
  };
}

function visible(bind: (value: unknown) => string): string {
  return `r.tenant_id = $1 AND r.deleted_at IS NULL AND ${reachSql(currentReach(Permission.RiskRead), bind)}`;
}

function countBy(of: (severity: Severity) => readonly Moves[]): Record<Severity, number> {
  return { LOW: sum(of('LOW')), MEDIUM: sum(of('MEDIUM')), HIGH: sum(of('HIGH')), CRITICAL: sum(of('CRITICAL')) };
}

function sum(moves: readonly Moves[]): number {
  return moves.reduce((total, { count }) => total + count, 0);
}
