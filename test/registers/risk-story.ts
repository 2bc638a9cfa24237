import type { Client } from 'pg';
import { reasonAgainst, WITHOUT_ACCEPTANCE, type RiskStatus } from '../../src/risk/lifecycle/risk-lifecycle';

type Snapshot = Readonly<Record<string, unknown>>;

/** What is stored about one risk, and must go together however its changes met. */
interface Stored {
  readonly risk: Snapshot;
  readonly deleted: boolean;
  readonly status: RiskStatus;
  readonly version: number;
  readonly acceptedUntil: string | null;
  readonly acceptanceRequested: boolean;
  readonly expectedScore: number;
  readonly expectedSeverity: string;
  readonly history: readonly { readonly version: number; readonly status: RiskStatus; readonly snapshot: Snapshot }[];
  readonly told: readonly number[];
  readonly acceptances: readonly { readonly status: string; readonly validUntil: string }[];
  readonly mitigations: readonly {
    readonly status: string;
    readonly progress: number;
    readonly steps: number | null;
  }[];
}

/** Scores and severities are computed here in another way than the product does. */
const STORED = `
  SELECT to_jsonb(r) - 'updated_at' AS risk, r.deleted_at IS NOT NULL AS deleted, r.status, r.version,
    r.accepted_until::text AS "acceptedUntil", r.acceptance_requested AS "acceptanceRequested",
    e.score::float8 AS "expectedScore",
    CASE WHEN e.score >= coalesce(s.critical_from, 20) THEN 'CRITICAL' WHEN e.score >= coalesce(s.high_from, 15) THEN 'HIGH'
         WHEN e.score >= coalesce(s.medium_from, 10) THEN 'MEDIUM' ELSE 'LOW' END AS "expectedSeverity",
    (SELECT json_agg(json_build_object('version', h.version, 'status', h.status, 'snapshot', h.snapshot) ORDER BY h.version)
       FROM risk_history h WHERE h.risk_id = r.id) AS history,
    (SELECT coalesce(json_agg(o.data -> 'version' ORDER BY o.position), '[]') FROM outbox_events o
      WHERE o.subject_id = r.id AND o.type LIKE 'risk.%') AS told,
    (SELECT coalesce(json_agg(json_build_object('status', a.status, 'validUntil', a.valid_until)), '[]')
       FROM risk_acceptances a WHERE a.risk_id = r.id) AS acceptances,
    (SELECT coalesce(json_agg(json_build_object('status', m.status, 'progress', m.progress, 'steps', (
              SELECT round(100.0 * count(*) FILTER (WHERE done) / nullif(count(*), 0))
                FROM mitigation_sub_actions WHERE mitigation_id = m.id))), '[]')
       FROM mitigations m WHERE m.risk_id = r.id) AS mitigations
    FROM risks r
    CROSS JOIN LATERAL (
      SELECT round(r.probability * r.impact * coalesce(sum(CASE a.criticality
          WHEN 'LOW' THEN 0.8 WHEN 'HIGH' THEN 1.25 WHEN 'CRITICAL' THEN 1.5 ELSE 1 END) / count(*), 1), 2) AS score
        FROM (SELECT 1) one
        LEFT JOIN (risk_assets ra JOIN assets a ON a.id = ra.asset_id) ON ra.risk_id = r.id) e
    LEFT JOIN LATERAL (
      SELECT * FROM risk_settings WHERE tenant_id = r.tenant_id ORDER BY version DESC LIMIT 1) s ON TRUE
   WHERE r.id = $1`;

/** @returns what does not go together, in words; empty when everything does */
export async function contradictionsIn(sql: Client, riskId: string): Promise<string[]> {
  const { rows } = await sql.query<Stored>(STORED, [riskId]);
  const [stored] = rows;
  if (!stored) return ['There is no such risk.'];
  return [...ofScores(stored), ...ofHistory(stored), ...ofAcceptances(stored), ...ofMitigations(stored)];
}

function ofScores({ risk, deleted, expectedScore, expectedSeverity }: Stored): string[] {
  // A deleted risk is scored anew when it is restored.
  if (deleted || (risk['score'] === expectedScore && risk['severity'] === expectedSeverity)) return [];
  const is = [risk['score'], risk['severity']].join();
  return [`Score and severity are ${is}, and by the formula ${[expectedScore, expectedSeverity].join()}.`];
}

function ofHistory({ risk, status, version, history, told }: Stored): string[] {
  const found: string[] = [];
  const versions = Array.from({ length: version }, (_, index) => index + 1);
  if (history.map((one) => one.version).join() !== versions.join())
    found.push(`Version ${version} has the history ${history.map((one) => one.version).join()}.`);
  if (told.join() !== versions.slice(-told.length).join() || told.length === 0)
    found.push(`Version ${version} was told as ${told.join()}.`);
  const last = history.at(-1)?.snapshot;
  for (const field of ['title', 'category', 'probability', 'impact', 'score', 'severity', 'status'])
    if (last?.[field] !== risk[field]) found.push(`The last snapshot has ${field} ${String(last?.[field])}.`);
  for (const [index, { status: to, snapshot }] of history.entries()) {
    const isAccepted = snapshot['acceptedUntil'] !== null;
    if (to === 'ACCEPTED' && !isAccepted) found.push(`Version ${index + 1} was ACCEPTED by nobody.`);
    if (to === 'CLOSED' && (isAccepted || snapshot['acceptanceRequested'] === true))
      found.push(`Version ${index + 1} was CLOSED, and an acceptance went on.`);
    const from = history[index - 1]?.status ?? to;
    if (!mayFollow(from, to)) found.push(`Version ${index + 1} went from ${from} to ${to}.`);
  }
  if (history.at(-1)?.status !== status) found.push(`The risk is ${status}.`);
  return found;
}

function mayFollow(from: RiskStatus, to: RiskStatus): boolean {
  if (from === to || (from === WITHOUT_ACCEPTANCE.from && to === WITHOUT_ACCEPTANCE.to)) return true;
  const activeMitigations = to === 'IN_TREATMENT' ? 1 : 0;
  return reasonAgainst(from, to, { mitigations: 1, activeMitigations, accepted: true }) === null;
}

function ofAcceptances({ status, acceptedUntil, acceptanceRequested, acceptances }: Stored): string[] {
  const inForce = acceptances.filter((one) => one.status === 'APPROVED').map(({ validUntil }) => validUntil);
  const pending = acceptances.filter((one) => one.status === 'PENDING').length;
  const found: string[] = [];
  if ((acceptedUntil ?? '') !== inForce.join()) found.push(`Accepted until ${acceptedUntil}, by ${inForce.join()}.`);
  if (pending !== Number(acceptanceRequested)) found.push(`${pending} requests wait; told: ${acceptanceRequested}.`);
  if (status === 'ACCEPTED' && inForce.length !== 1) found.push('ACCEPTED by nobody.');
  return found;
}

function ofMitigations({ status, mitigations }: Stored): string[] {
  const open = mitigations.filter((one) => one.status !== 'DONE' && one.status !== 'CANCELLED');
  const found: string[] = [];
  if (status === 'MITIGATED' && (open.length > 0 || mitigations.length === 0))
    found.push(`MITIGATED, with ${open.length} of ${mitigations.length} mitigations open.`);
  for (const one of mitigations)
    if (one.steps !== null && one.status !== 'DONE' && one.progress !== one.steps)
      found.push(`Progress is ${one.progress}, and of the sub-actions ${one.steps}.`);
  return found;
}
