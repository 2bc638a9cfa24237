import { instantSql } from '../../database/instant-sql';
import type { ReadSession, Transaction } from '../../database/session';
import { SEVERITIES, type SeverityThresholds } from '../risk-score';
import { DEFAULT_SETTINGS, thresholdsOf, type RiskSettings } from './risk-settings';
import type { RiskSettingsResponse } from './settings.dto';

/** SQL of a version (RiskSettingsResponse), of the row `s` of risk_settings and `u` of users. */
export const SETTINGS_JSON = `json_build_object(
  'version', s.version, 'probabilityLabels', s.probability_labels, 'impactLabels', s.impact_labels,
  'severities', json_build_array(
    json_build_object('severity', 'LOW', 'label', s.severity_labels[1], 'from', 0),
    json_build_object('severity', 'MEDIUM', 'label', s.severity_labels[2], 'from', s.medium_from),
    json_build_object('severity', 'HIGH', 'label', s.severity_labels[3], 'from', s.high_from),
    json_build_object('severity', 'CRITICAL', 'label', s.severity_labels[4], 'from', s.critical_from)),
  'changedAt', ${instantSql('s.at')},
  'changedBy', CASE WHEN s.actor_id IS NOT NULL THEN json_build_object('id', s.actor_id, 'name', u.name) END)`;

export const FROM_SETTINGS = 'FROM risk_settings s LEFT JOIN users u ON u.id = s.actor_id';

const INSERT = `
  INSERT INTO risk_settings (tenant_id, version, at, actor_id, probability_labels, impact_labels, severity_labels,
    medium_from, high_from, critical_from)
  VALUES ($1, $2, CASE WHEN $3 THEN statement_timestamp() END, CASE WHEN $3 THEN current_user_id() END, $4, $5, $6, $7, $8, $9)`;

/** What a tenant has that has chosen nothing. */
export const FIRST_VERSION: RiskSettingsResponse = {
  version: 1,
  probabilityLabels: [...DEFAULT_SETTINGS.probabilityLabels],
  impactLabels: [...DEFAULT_SETTINGS.impactLabels],
  severities: DEFAULT_SETTINGS.severities.map((severity) => ({ ...severity })),
  changedAt: null,
  changedBy: null,
};

export async function settingsInForce(session: ReadSession): Promise<RiskSettingsResponse> {
  const [row] = await session.query<{ settings: RiskSettingsResponse }>(
    `SELECT s.tenant_id, ${SETTINGS_JSON} AS settings ${FROM_SETTINGS} WHERE s.tenant_id = $1 ORDER BY s.version DESC LIMIT 1`,
    [session.tenantId],
  );
  return row?.settings ?? FIRST_VERSION;
}

export async function thresholdsInForce(session: ReadSession): Promise<SeverityThresholds> {
  return thresholdsOf(await settingsInForce(session));
}

/** Stores the version after `current`; before the second one also the first, as it was, whatever later defaults are. */
export async function storeVersion(tx: Transaction, current: number, settings: RiskSettings): Promise<void> {
  if (current === 1) await insert(tx, 1, false, DEFAULT_SETTINGS);
  await insert(tx, current + 1, true, settings);
}

function insert(tx: Transaction, version: number, isChosen: boolean, settings: RiskSettings): Promise<unknown> {
  const { probabilityLabels, impactLabels, severities } = settings;
  const thresholds = thresholdsOf(settings);
  const labels = SEVERITIES.map((severity) => severities.find((each) => each.severity === severity)?.label);
  return tx.query(INSERT, [
    ...[tx.tenantId, version, isChosen, probabilityLabels, impactLabels, labels],
    ...[thresholds.MEDIUM, thresholds.HIGH, thresholds.CRITICAL],
  ]);
}
