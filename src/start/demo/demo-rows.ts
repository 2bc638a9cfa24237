import { changedFields } from '../../risk/risk-record';
import type { RiskVersion, RiskVersions } from './risk-life';

/** The columns of risks: what the last version says. */
export function riskRow(versions: RiskVersions): object {
  const { assets: _, ...columns } = (versions.at(-1) ?? versions[0]).snapshot;
  return columns;
}

/** The columns of risk_history, one row per version. */
export function historyRows(versions: RiskVersions): object[] {
  return versions.map((version, index) => historyRow(version, versions[index - 1]));
}

function historyRow(version: RiskVersion, before: RiskVersion | undefined): object {
  const { at, actorId, action, snapshot } = version;
  const { id, status, severity, score, residualScore, probability, impact, dueDate, source, deletedAt } = snapshot;
  return {
    riskId: id,
    version: snapshot.version,
    at,
    actorId,
    action,
    changedFields: before ? changedFields(before.snapshot, snapshot) : [],
    status,
    severity,
    score,
    residualScore,
    probability,
    impact,
    dueDate,
    source,
    deleted: deletedAt !== null,
    snapshot,
  };
}
