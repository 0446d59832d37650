#!/usr/bin/env bash
# Makes the passwords of deploy/compose.yaml, once: what is there already is left as it is.
# Only this folder's owner can enter it; the files in it must be readable inside the containers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [[ -e secrets ]]; then
  echo "deploy/secrets is there already; nothing was changed" >&2
  exit 0
fi
draw() { head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

umask 022
mkdir -m 700 secrets
draw >secrets/postgres_password
draw >secrets/interlock_password
printf 'postgresql+psycopg://interlock:%s@database:5432/interlock\n' \
  "$(cat secrets/interlock_password)" >secrets/interlock_database_url
echo "made deploy/secrets; keep it out of version control and in your backup"
