#!/bin/sh
# Postgres runs this once, on an empty volume, as its superuser. The owner migrates; the application owns nothing, so
# that row level security binds it; the monitor reads statistics only.
set -eu
read_secret() {
  cat "${SECRETS:-/run/secrets}/$1"
}

# Passwords are hexadecimal (docker/init.sh): nothing in them needs quoting. The first line keeps them out of the log.
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" <<SQL
SET log_statement = 'none'; SET log_min_error_statement = 'panic';
CREATE ROLE openrisk_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS
  PASSWORD '$(read_secret postgres_owner_password)';
CREATE ROLE openrisk_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS
  PASSWORD '$(read_secret postgres_application_password)';
CREATE ROLE openrisk_monitor LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS CONNECTION LIMIT 5
  PASSWORD '$(read_secret postgres_monitor_password)';
ALTER DATABASE $POSTGRES_DB OWNER TO openrisk_owner;
REVOKE ALL ON DATABASE $POSTGRES_DB FROM PUBLIC;
GRANT CONNECT ON DATABASE $POSTGRES_DB TO openrisk_app, openrisk_monitor;
GRANT pg_monitor TO openrisk_monitor;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
SQL
