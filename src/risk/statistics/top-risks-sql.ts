import { OPEN_MITIGATION } from '../mitigations/mitigation-lifecycle';

/** $1 tenant, $2 how many, $3 sources or null. In the order of `GET /risks`. */
export const topRisks = (reachable: string): string => `
  SELECT r.tenant_id, r.id, r.title, r.score, r.severity, r.status, r.source, r.due_date AS "dueDate",
    CASE WHEN r.owner_id IS NOT NULL THEN json_build_object('id', r.owner_id,
      'name', (SELECT u.name FROM users u WHERE u.id = r.owner_id)) END AS owner,
    (SELECT json_build_object('mitigationId', m.id, 'title', m.title, 'status', m.status, 'dueDate', m.due_date,
        'assigneeId', m.assignee_id)
       FROM mitigations m
      WHERE m.tenant_id = r.tenant_id AND m.risk_id = r.id AND m.${OPEN_MITIGATION}
      ORDER BY m.due_date NULLS LAST, m.created_at, m.id LIMIT 1) AS "nextAction"
  FROM (
    SELECT * FROM risks r
     WHERE r.tenant_id = $1 AND r.deleted_at IS NULL AND ($3::text[] IS NULL OR r.source = ANY ($3::text[])) AND ${reachable}
     ORDER BY r.score DESC, r.id DESC LIMIT $2) r
  ORDER BY r.score DESC, r.id DESC`;
