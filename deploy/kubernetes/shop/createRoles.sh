#!/bin/sh
# Runs once, when the database is new: a role for the shop, and one for postgres_exporter, which reads statistics alone.
set -eu
: "${SECRETS:=/secrets}" "${POSTGRES_USER:=postgres}" "${POSTGRES_DB:=shop}"

psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --quiet \
  --set=shop="$(cat "$SECRETS/shop-password")" \
  --set=exporter="$(cat "$SECRETS/exporter-password")" <<'SQL'
CREATE ROLE shop LOGIN PASSWORD :'shop';
GRANT CREATE ON SCHEMA public TO shop;
CREATE ROLE exporter LOGIN PASSWORD :'exporter';
GRANT pg_monitor TO exporter;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
SQL
