from __future__ import annotations

import stat

import pytest

from awooop.database import dump, embedded_settings
from awooop.database.layout import ROLE
from tests.database.support import connect

TABLES = """
create table owner_of (id int primary key);
insert into owner_of values (1), (2);
create table hidden (
  id int generated always as identity primary key,
  owner int references owner_of, project text, body text
);
insert into hidden (owner, project, body) values (1, 'a', 'eins'), (2, 'b', '二');
create index on hidden using gin (body gin_trgm_ops);
create function refuse() returns trigger language plpgsql as $$
  begin raise 'append-only'; end $$;
create trigger append_only before delete on hidden execute function refuse();
alter table hidden enable row level security;
alter table hidden force row level security;
create policy by_project on hidden using (project = current_setting('awooop.projects', true));
"""


@pytest.fixture
def database(launcher):
    """A database of its own, with a table whose rows the owner does not see by itself."""
    launcher.join()
    with connect(launcher, dbname="postgres") as connection:
        connection.execute("create database dumped")
    with connect(launcher, dbname="dumped") as connection:
        connection.execute(TABLES)
    yield {**embedded_settings(launcher.data_dir), "NAME": "dumped"}
    with connect(launcher, dbname="postgres") as connection:
        connection.execute("drop database dumped with (force)")


@pytest.fixture
def backup(database, tmp_path):
    path = tmp_path / "folder with spaces" / "all.dump"
    dump.backup(dump.as_backup_role(database), path)
    return path


def rows(launcher, project):
    with connect(launcher, dbname="dumped") as connection:
        connection.execute("select set_config('awooop.projects', %s, false)", [project])
        return connection.execute("select id, owner, body from hidden").fetchall()


def test_a_backup_round_trips_rows_that_the_application_role_cannot_see(launcher, database, backup):
    with connect(launcher, dbname="dumped") as connection:
        connection.execute("drop table hidden, owner_of")
        connection.execute("create table newer (id int)")

    dump.restore(database, backup, force=True)

    assert rows(launcher, "a") == [(1, 1, "eins")]
    assert rows(launcher, "b") == [(2, 2, "二")]
    with connect(launcher, dbname="dumped") as connection:
        tables = connection.execute(
            "select tablename, tableowner from pg_tables where schemaname = 'public' order by 1"
        ).fetchall()
        forced = connection.execute(
            "select relforcerowsecurity from pg_class where relname = 'hidden'"
        ).fetchone()
    assert tables == [("hidden", ROLE), ("owner_of", ROLE)]
    assert forced == (True,)


def test_a_backup_is_private(backup):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [path.name for path in backup.parent.iterdir()] == ["all.dump"]


def test_a_backup_by_a_role_that_does_not_see_all_rows_fails_and_leaves_no_file(database, tmp_path):
    with pytest.raises(dump.DumpError, match="create role awooop_backup"):
        dump.backup(database, tmp_path / "partial.dump")

    assert list(tmp_path.iterdir()) == []


def test_a_restore_over_tables_needs_force(database, backup):
    with pytest.raises(dump.DumpError, match="holds 2 tables"):
        dump.restore(database, backup)


def test_a_restore_into_an_empty_database_needs_no_force(launcher, database, backup):
    with connect(launcher, dbname="dumped") as connection:
        connection.execute("drop table hidden, owner_of; drop function refuse")

    dump.restore(database, backup)

    assert rows(launcher, "b") == [(2, 2, "二")]


def test_a_truncated_backup_changes_nothing(launcher, database, backup):
    backup.write_bytes(backup.read_bytes()[:-200])
    with connect(launcher, dbname="dumped") as connection:
        connection.execute("create table newer (id int)")

    with pytest.raises(dump.DumpError, match="nothing was changed"):
        dump.restore(database, backup, force=True)

    assert rows(launcher, "a") == [(1, 1, "eins")]
    assert dump.count_tables(database) == 3


def test_a_restore_waits_for_nobody_for_ever(launcher, database, backup, monkeypatch):
    monkeypatch.setattr(dump, "_EMPTY_SCHEMA", dump._EMPTY_SCHEMA.replace(b"'30s'", b"'10ms'"))
    with connect(launcher, dbname="dumped") as connection:
        connection.execute("begin; lock table hidden")
        with pytest.raises(dump.DumpError, match="lock timeout"):
            dump.restore(database, backup, force=True)


def test_a_restore_of_a_missing_file_says_so(database, tmp_path):
    with pytest.raises(dump.DumpError, match="There is no backup"):
        dump.restore(database, tmp_path / "absent")
