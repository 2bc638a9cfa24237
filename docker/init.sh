#!/bin/sh
# Makes the secrets that the compose files name: sh docker/init.sh [folder, docker/secrets unless given]
# Safe to run again: what exists is kept, what is missing is made. The folder is for its owner only; the files in it are
# readable, since every container reads them as a user of its own.
set -eu
secrets="${1:-$(dirname "$0")/secrets}"
mkdir -p "$secrets"
chmod 700 "$secrets"
umask 022

# Standard input becomes this file, whole or not at all, unless there is one.
keep() {
  if [ -e "$secrets/$1" ]; then
    echo "kept $1"
    return
  fi
  cat >"$secrets/.$1.$$"
  mv "$secrets/.$1.$$" "$secrets/$1"
  echo "made $1"
}

random() {
  od -An -vtx1 -N32 /dev/urandom | tr -d ' \n'
}

read_secret() {
  cat "$secrets/$1"
}

for name in openrisk_secret postgres_password postgres_owner_password postgres_application_password \
  postgres_monitor_password redis_password grafana_admin_password; do
  random | keep "$name"
done

at=postgres:5432/openrisk
echo "postgres://openrisk_owner:$(read_secret postgres_owner_password)@$at" | keep database_owner_url
echo "postgres://openrisk_app:$(read_secret postgres_application_password)@$at" | keep database_url
echo "redis://:$(read_secret redis_password)@redis:6379" | keep redis_url
echo "requirepass $(read_secret redis_password)" | keep redis.conf
echo "{\"redis://redis:6379\": \"$(read_secret redis_password)\"}" | keep redis_exporter_passwords.json

# Replace each of them by the address of an incoming webhook of Slack: alerts go nowhere until then.
for channel in default critical performance security; do
  echo "https://slack.invalid/replace-me-in-docker-secrets" | keep "slack_$channel"
done
