#!/bin/sh
# Secrets come as files: what X_FILE names becomes the value of X. Then the command runs, in this very process.
set -eu
for name in OPENRISK_SECRET OPENRISK_PREVIOUS_SECRETS DATABASE_URL DATABASE_OWNER_URL REDIS_URL; do
  eval "file=\${${name}_FILE:-}"
  [ -n "$file" ] || continue
  value="$(cat "$file")"
  export "$name=$value"
done
exec "$@"
