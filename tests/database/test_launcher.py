from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import psycopg
import pytest

from awooop.database import accounts, locks, server
from awooop.database.errors import EmbeddedDatabaseError, InUseError
from tests.database.support import connect, kill_server, wait_until

LONG = "a path with spaces and more than one hundred and twenty characters " + "x" * 80


def test_first_join_makes_a_database_for_a_role_that_policies_bind(make_launcher):
    launcher = make_launcher()
    launcher.join()

    with connect(launcher) as connection:
        row = connection.execute(
            "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles"
            " where rolname = current_user"
        ).fetchone()
        owner = connection.execute(
            "select pg_get_userbyid(datdba) from pg_database where datname = 'awooop'"
        ).fetchone()
    assert row == (False, False, True, False)
    assert owner == ("awooop",)


def test_new_databases_have_the_extensions(launcher):
    launcher.join()

    with connect(launcher) as connection:
        connection.execute("create database another")
    with connect(launcher, dbname="another") as connection:
        found = connection.execute("select extname from pg_extension order by 1").fetchall()
    with connect(launcher) as connection:
        connection.execute("drop database another")
    assert {name for (name,) in found} >= {"btree_gin", "pg_trgm", "unaccent"}


def test_nobody_gets_in_as_superuser_after_the_set_up(launcher):
    launcher.join()

    with pytest.raises(psycopg.OperationalError, match=r"[Pp]eer authentication failed"):
        connect(launcher, user="postgres", dbname="postgres")


def test_the_server_listens_on_its_socket_only(launcher):
    launcher.join()

    with connect(launcher) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
    assert stat.S_IMODE(launcher.layout.socket_dir.stat().st_mode) == 0o711


def test_joining_again_leaves_the_same_server(launcher):
    launcher.join()
    first = launcher.status().pid
    launcher.join()

    assert launcher.status().pid == first


def test_four_first_starts_at_once_make_one_server(make_launcher, user):
    launcher = make_launcher()
    users = [user(launcher.data_dir) for _ in range(4)]
    for each in users:
        each.wait_joined()

    found = launcher.status()
    assert found.running
    assert [each["pid"] for each in found.users] == sorted(each.process.pid for each in users)


def test_a_path_with_spaces_and_more_than_120_characters(make_launcher):
    launcher = make_launcher(LONG)
    launcher.join()

    with connect(launcher) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert len(str(launcher.data_dir)) > 120


def test_data_outlive_a_killed_server(make_launcher):
    launcher = make_launcher(durable=True)
    launcher.join()
    with connect(launcher) as connection:
        connection.execute("create table kept as select 7 as number")
    kill_server(launcher)
    launcher.join()

    with connect(launcher) as connection:
        assert connection.execute("select number from kept").fetchone() == (7,)


def test_data_outlive_a_kill_of_everything(make_launcher, user):
    launcher = make_launcher(durable=True)
    other = user(launcher.data_dir).wait_joined()
    with connect(launcher) as connection:
        connection.execute("create table kept as select 7 as number")
    kill_server(launcher)
    other.kill()
    launcher.join()

    with connect(launcher) as connection:
        assert connection.execute("select number from kept").fetchone() == (7,)


def test_a_pid_file_that_names_another_program_does_not_stop_a_start(launcher):
    launcher.join()
    lines = launcher.layout.pid_file.read_text().splitlines()
    launcher.leave()
    assert not launcher.status().running
    launcher.layout.pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")

    launcher.join()

    assert launcher.status().pid not in (None, os.getppid())


def test_a_first_start_killed_half_way_is_begun_afresh(make_launcher):
    launcher = make_launcher()
    launcher.layout.base.mkdir(mode=0o755)
    (launcher.layout.base / "data.draft-x").mkdir()

    launcher.join()

    assert launcher.status().running
    assert not (launcher.layout.base / "data.draft-x").exists()


def test_a_set_up_killed_half_way_is_completed(launcher):
    launcher.join()
    launcher.leave()
    launcher.layout.setup_mark.unlink()

    launcher.join()

    with connect(launcher) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_the_last_to_leave_stops_the_server(launcher, user):
    other = user(launcher.data_dir).wait_joined()
    launcher.join()
    launcher.leave()
    assert launcher.status().running

    other.end()

    assert not launcher.status().running


def test_a_server_started_to_stay_outlives_its_users(launcher, user):
    launcher.start()
    user(launcher.data_dir).wait_joined().end()
    launcher.leave()

    assert launcher.status().running
    assert launcher.stop() is True


def test_stop_refuses_while_another_process_uses_it_and_names_it(launcher, user):
    other = user(launcher.data_dir).wait_joined()

    with pytest.raises(InUseError, match=rf"\n  {other.process.pid}  .*python"):
        launcher.stop()
    assert launcher.status().running


def test_stop_by_force_stops_a_server_in_use(launcher, user):
    user(launcher.data_dir).wait_joined()

    assert launcher.stop(force=True) is True
    assert not launcher.status().running


def test_stop_of_what_does_not_run_says_so(launcher):
    assert launcher.stop() is False


def test_the_end_of_a_forked_child_does_not_stop_the_server(launcher):
    launcher.join()
    child = os.fork()
    if child == 0:
        launcher.leave()
        os._exit(0)
    os.waitpid(child, 0)

    assert launcher.status().running


def test_a_forked_child_keeps_the_server_in_use(launcher):
    launcher.join()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(write)
        os.read(read, 1)
        os._exit(0)
    launcher.leave()
    still_running = launcher.status().running
    os.close(write)
    os.waitpid(child, 0)
    os.close(read)

    assert still_running
    assert launcher.stop_if_unused() is True


def test_a_server_that_cannot_start_says_why_from_its_log(launcher):
    launcher.join()
    launcher.leave()
    (launcher.layout.cluster / "local.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(EmbeddedDatabaseError, match="no_such_setting"):
        launcher.join()


def test_a_trap_in_place_of_the_socket_directory_is_refused(make_launcher):
    launcher = make_launcher()
    directory = launcher.layout.socket_dir
    directory.mkdir()
    directory.chmod(0o777)

    with pytest.raises(EmbeddedDatabaseError, match="trap"):
        launcher.join()


def test_data_of_an_unknown_version_are_refused(launcher):
    launcher.join()
    launcher.leave()
    (launcher.layout.cluster / "PG_VERSION").write_text("9\n")

    with pytest.raises(EmbeddedDatabaseError, match="made by PostgreSQL 9"):
        launcher.join()


def test_the_servers_processes_hold_its_lock(launcher):
    launcher.join()
    assert server.is_alive(launcher.layout)
    pids = {pid for pid, _ in locks.holders(launcher.layout.server_lock)}

    assert launcher.status().pid in pids


def test_orphans_of_a_killed_server_are_waited_for(launcher):
    launcher.join()
    with connect(launcher) as connection:
        backend = connection.info.backend_pid
        # Stopped, so that it cannot notice by itself that its server is gone.
        os.kill(backend, signal.SIGSTOP)
        kill_server(launcher)
        os.kill(backend, signal.SIGCONT)
        launcher.join()

    wait_until(lambda: not Path(f"/proc/{backend}").exists(), what="the orphan is still there")
    assert launcher.status().running


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@needs_root
def test_root_drops_to_an_account_of_its_own(make_launcher):
    launcher = make_launcher()
    launcher.join()

    assert Path(f"/proc/{launcher.status().pid}").stat().st_uid != 0
    assert launcher.layout.cluster.stat().st_uid != 0


@needs_root
def test_below_a_closed_home_the_data_lie_elsewhere_and_the_home_stays_closed(make_launcher):
    launcher = make_launcher("home", "checkout")
    home = launcher.data_dir.parent
    home.chmod(0o700)
    launcher.join()

    with connect(launcher) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert launcher.layout.base.is_relative_to(accounts.STATE)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@needs_root
def test_an_ordinary_user_runs_it_and_root_joins(make_launcher, user):
    launcher = make_launcher("nobody's", owner="nobody")
    user(launcher.data_dir, account="nobody").wait_joined()

    launcher.join()

    with connect(launcher) as connection:
        assert connection.execute("select current_user").fetchone() == ("awooop",)
    assert Path(f"/proc/{launcher.status().pid}").stat().st_uid == 65534


@needs_root
def test_data_of_another_account_are_refused_readably(make_launcher, user):
    launcher = make_launcher()
    launcher.join()
    other = user(launcher.data_dir, account="nobody")
    _, said = other.process.communicate(timeout=60)

    assert "belongs to another account" in said
