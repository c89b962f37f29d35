#!/bin/sh
# The application's role, which row-level security binds: no superuser, no BYPASSRLS.
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set=password="$AWOOOP_PASSWORD" <<'SQL'
create role awooop login password :'password' nosuperuser nocreaterole nobypassrls;
create database awooop owner awooop;
SQL
