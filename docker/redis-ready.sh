#!/bin/sh
# `redis-cli ping` exits with 0 as well when it is answered NOAUTH.
REDISCLI_AUTH="$(cat /run/secrets/redis_password)" redis-cli ping | grep -qx PONG
