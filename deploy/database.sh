#!/usr/bin/env bash
# Makes Interlock's own role and database, once, when PostgreSQL's folder is new. The role is no
# superuser: row-level security, which parts the tenants, does not hold one.
set -euo pipefail

password=$(cat "${INTERLOCK_PASSWORD_FILE:-/run/secrets/interlock_password}")
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set password="$password" \
  --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
CREATE ROLE interlock LOGIN PASSWORD :'password' NOSUPERUSER NOBYPASSRLS;
CREATE DATABASE interlock OWNER interlock;
SQL
