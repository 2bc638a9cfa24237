import { instantSql } from '../database/instant-sql';

/** SQL of the one representation of a risk (RiskResponse), of the row `r` of risks. */
export const RISK_JSON = `json_build_object(
  'id', r.id, 'title', r.title, 'description', r.description, 'category', r.category,
  'probability', r.probability, 'impact', r.impact, 'score', r.score, 'severity', r.severity,
  'residualProbability', r.residual_probability, 'residualImpact', r.residual_impact, 'residualScore', r.residual_score,
  'residualSeverity', r.residual_severity, 'targetProbability', r.target_probability, 'targetImpact', r.target_impact,
  'targetScore', r.target_score, 'targetSeverity', r.target_severity,
  'status', r.status, 'treatment', r.treatment, 'ownerId', r.owner_id, 'assigneeId', r.assignee_id,
  'dueDate', r.due_date, 'nextReviewAt', r.next_review_at,
  'reviewCadenceDays', r.review_cadence_days, 'acceptanceRequested', r.acceptance_requested,
  'acceptedUntil', r.accepted_until, 'acceptanceExpiring', r.acceptance_expiring, 'tags', r.tags, 'frameworks', r.frameworks,
  'assets', (
    SELECT coalesce(json_agg(json_build_object('id', a.id, 'name', a.name, 'criticality', a.criticality)
        ORDER BY a.name, a.id), '[]')
      FROM risk_assets ra JOIN assets a ON a.tenant_id = ra.tenant_id AND a.id = ra.asset_id
     WHERE ra.tenant_id = r.tenant_id AND ra.risk_id = r.id),
  'source', r.source, 'externalId', r.external_id, 'customFields', r.custom_fields, 'version', r.version,
  'createdAt', ${instantSql('r.created_at')}, 'updatedAt', ${instantSql('r.updated_at')}, 'deletedAt', ${instantSql('r.deleted_at')})`;
