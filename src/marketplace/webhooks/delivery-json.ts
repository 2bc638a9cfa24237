import { instantSql } from '../../database/instant-sql';
import { MOST_ATTEMPTS } from './retry-schedule';

/** Of a delivery that was replayed again and again, the last ones are shown. */
export const MOST_KEPT_ATTEMPTS = 5 * MOST_ATTEMPTS;

/** SQL of the one representation of a delivery, of the rows `d` of outbox_deliveries and `e` of its event. */
export const DELIVERY_JSON = `json_build_object(
  'id', d.id, 'messageId', 'msg_' || e.id, 'eventType', e.type, 'subjectId', d.subject_id, 'eventAt', ${instantSql('e.at')},
  'status', d.status, 'nextAttemptAt', CASE WHEN d.status = 'PENDING' THEN ${instantSql('d.due_at')} END,
  'deliveredAt', ${instantSql('d.delivered_at')},
  'attempts', jsonb_path_query_array(d.attempts, '$[last - ${MOST_KEPT_ATTEMPTS - 1} to last]'),
  'createdAt', ${instantSql('d.created_at')})`;
