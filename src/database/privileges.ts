import { escapeIdentifier } from 'pg';

/**
 * SQL that gives the application role what it may do: every table's rows, and never its shape. History, settings and audit
 * log are written once; the list of migrations is only read. Safe to run again, and to be run again after every migration.
 */
export function grantsFor(applicationRole: string): string {
  const role = escapeIdentifier(applicationRole);
  return `
    GRANT USAGE ON SCHEMA public TO ${role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role};
    GRANT USAGE ON SCHEMA pgboss TO ${role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgboss TO ${role};
    REVOKE INSERT, UPDATE, DELETE ON migrations FROM ${role};
    GRANT USAGE ON SCHEMA search TO ${role};
    GRANT EXECUTE ON FUNCTION search.find_risks(tsquery, text, uuid[], integer) TO ${role};
    GRANT EXECUTE ON FUNCTION purge_deleted_tenant(interval), analyze_what_has_changed(interval) TO ${role};
    REVOKE UPDATE, DELETE ON risk_history, risk_settings, audit_log, audit_seals FROM ${role};
    REVOKE UPDATE ON audit_unsealed FROM ${role};
  `;
}
