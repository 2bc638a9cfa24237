/**
 * SQL of one statement that records events and, for each, to whom it is to be delivered. Without a subscriber in the
 * tenant nothing is written: all that it costs is a look into an index. $1 is the tenant.
 *
 * @param source SQL of rows (type text, subject_id uuid, data jsonb), in the order in which things happened
 * @param before SQL of named queries that the source reads, data-modifying ones too: `changed AS (...)`
 */
export function recordingEvents(source: string, before: readonly string[] = []): string {
  const recorded = `recorded_event AS (
    INSERT INTO outbox_events (tenant_id, id, type, subject_id, actor_id, data)
    SELECT $1, gen_random_uuid(), given.type, given.subject_id, current_user_id(), given.data
      FROM (${source}) AS given
     WHERE EXISTS (SELECT FROM outbox_subscribers WHERE tenant_id = $1)
    RETURNING id, position, type, subject_id)`;
  return `
    WITH ${[...before, recorded].join(', ')}
    INSERT INTO outbox_deliveries (tenant_id, id, subscriber_id, event_id, position, subject_id)
    SELECT $1, gen_random_uuid(), s.id, e.id, e.position, e.subject_id
      FROM recorded_event e
      JOIN outbox_subscribers s ON s.tenant_id = $1 AND s.active AND (s.event_types = '{}' OR e.type = ANY (s.event_types))`;
}
