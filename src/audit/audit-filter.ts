import type { AuditFilter } from './audit.dto';

/**
 * Conditions on the row `l` of audit_log, in SQL.
 *
 * @param actors of whom entries may be seen; undefined: of everybody
 * @param bind adds a parameter to the statement and returns its placeholder
 */
export function auditFilterSql(
  { actor, action, resource, resourceId, outcome, from, to }: AuditFilter,
  actors: readonly string[] | undefined,
  bind: (value: unknown) => string,
): string {
  const conditions = ['true'];
  const add = <T>(value: T | undefined, condition: (value: T) => string): void => {
    if (value !== undefined) conditions.push(condition(value));
  };
  add(actors, (ids) => `l.actor_id = ANY (${bind(ids)}::uuid[])`);
  add(actor, (id) => `l.actor_id = ${bind(id)}::uuid`);
  add(action, (name) =>
    name.endsWith('*') ? `starts_with(l.action, ${bind(name.slice(0, -1))})` : `l.action = ${bind(name)}`,
  );
  add(resource, (kind) => `l.resource = ${bind(kind)}`);
  add(resourceId, (id) => `l.resource_id = ${bind(id)}`);
  add(outcome, (outcomes) => `l.outcome = ANY (${bind(outcomes)}::text[])`);
  add(from, (instant) => `l.at >= ${bind(instant)}::timestamptz`);
  add(to, (instant) => `l.at < ${bind(instant)}::timestamptz`);
  return conditions.join(' AND ');
}
