import { instantSql } from '../../database/instant-sql';

/** SQL of the one representation of an app (AppResponse), of the row `a` of apps. */
export const APP_JSON = `json_build_object(
  'id', a.id, 'connectorId', a.connector_id, 'connector', a.connector, 'name', a.name, 'status', a.status,
  'configuration', a.configuration || coalesce((
    SELECT jsonb_object_agg(s.name, '{"set": true}'::jsonb) FROM app_secrets s
     WHERE s.tenant_id = a.tenant_id AND s.app_id = a.id), '{}'),
  'autoSync', a.auto_sync, 'syncIntervalSeconds', a.sync_interval_seconds,
  'lastSyncAt', ${instantSql('a.last_sync_at')}, 'lastSyncStatus', a.last_sync_status,
  'lastSyncError', a.last_sync_error, 'installedBy', a.installed_by, 'version', a.version,
  'createdAt', ${instantSql('a.created_at')}, 'updatedAt', ${instantSql('a.updated_at')})`;
