import { instantSql } from '../../database/instant-sql';

const subActions = (condition: string): string => `(
    SELECT count(*) FROM mitigation_sub_actions s
     WHERE s.tenant_id = m.tenant_id AND s.mitigation_id = m.id AND ${condition})`;

/** SQL of the one representation of a mitigation (MitigationResponse), of the row `m` of mitigations. */
export const MITIGATION_JSON = `json_build_object(
  'id', m.id, 'riskId', m.risk_id, 'title', m.title, 'assigneeId', m.assignee_id, 'status', m.status,
  'progress', m.progress, 'subActionCount', ${subActions('TRUE')}, 'subActionsDone', ${subActions('s.done')},
  'dueDate', m.due_date, 'cost', m.cost, 'durationDays', m.duration_days,
  'completedAt', ${instantSql('m.completed_at')}, 'version', m.version,
  'createdAt', ${instantSql('m.created_at')}, 'updatedAt', ${instantSql('m.updated_at')})`;
