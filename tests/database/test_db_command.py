from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from awooop.config import ROOT


@pytest.fixture
def db(launcher):
    """Run `manage.py db …` as a person would, on the launcher's data directory."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        settings = {"AWOOOP_DATA_DIR": str(launcher.data_dir), "DATABASE_URL": "", **environment}
        return subprocess.run(
            [sys.executable, "manage.py", "db", *arguments],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "awooop.settings", **settings},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    yield run
    for leftover in ("secret_key", "backups"):
        subprocess.run(["rm", "-rf", str(launcher.data_dir / leftover)], check=True)


EXTERNAL = {
    "DATABASE_URL": "postgres://nobody:hunter2@127.0.0.1:1/absent",
    "SECRET_KEY": "a key for tests that has thirty-two signs",
}


def test_status_of_a_stopped_server_is_three_and_starts_nothing(db, launcher):
    done = db("status", "--json")

    assert done.returncode == 3
    assert json.loads(done.stdout)["running"] is False
    assert not launcher.status().running


def test_start_leaves_a_server_that_stop_ends(db, launcher):
    assert db("start").returncode == 0
    status = json.loads(db("status", "--json").stdout)
    stopped = db("stop")

    assert (status["running"], status["kept"], status["mode"]) == (True, True, "embedded")
    assert status["version"].split(".")[0].isdigit()
    assert stopped.returncode == 0
    assert not launcher.status().running


def test_stop_refuses_while_it_is_used(db, launcher, user):
    other = user(launcher.data_dir).wait_joined()
    done = db("stop")

    assert done.returncode == 1
    assert str(other.process.pid) in done.stderr
    assert launcher.status().running


def test_psql_asks_the_application_database_and_leaves_no_server(db, launcher):
    done = db("psql", "--", "-At", "-c", "select current_user, current_database()")

    assert done.stdout == "awooop|awooop\n"
    assert not launcher.status().running


def test_psql_passes_its_failure_on(db):
    assert db("psql", "--", "-c", "select nonsense").returncode == 1


def test_backup_and_restore_by_default_path(db, launcher):
    written = db("backup")
    (path,) = (launcher.data_dir / "backups").iterdir()
    restored = db("restore", str(path))

    assert written.returncode == restored.returncode == 0
    assert str(path) in written.stdout


def test_url_is_one_that_programs_take(db, launcher):
    assert db("url").stdout.startswith("postgresql://awooop@/awooop?host=%2Ftmp%2Fawooop-pg-")


@pytest.mark.parametrize("action", ["start", "stop"])
def test_an_external_server_is_not_ours_to_manage(db, action):
    done = db(action, **EXTERNAL)

    assert done.returncode == 1
    assert "not ours" in done.stderr


def test_an_external_server_that_does_not_answer(db):
    done = db("status", "--json", **EXTERNAL)

    assert done.returncode == 3
    assert "hunter2" not in done.stdout + done.stderr
    assert json.loads(done.stdout)["mode"] == "external"


def test_keep_deletes_the_oldest_backups_and_nothing_else(db, launcher):
    folder = launcher.data_dir / "backups"
    folder.mkdir(mode=0o700)
    old = [folder / f"awooop-2020010{day}T000000Z.dump" for day in (1, 2, 3)]
    for path in (*old, folder / "before-the-upgrade.dump"):
        path.touch()

    done = db("backup", "--keep", "2")

    assert done.returncode == 0, done.stderr
    kept = sorted(path.name for path in folder.iterdir())
    assert kept[0] == old[2].name
    assert kept[2] == "before-the-upgrade.dump"
    assert len(kept) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--keep", "0"), "must be a number from 1"), (("--keep", "2", "a.dump"), "give no path")],
)
def test_keep_refuses_what_it_cannot_mean(db, arguments, said):
    done = db("backup", *arguments)
    assert done.returncode != 0
    assert said in done.stderr
