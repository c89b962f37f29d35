from __future__ import annotations

import socket
import stat

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from awooop.supervisor import prepare
from tests import factories


@pytest.fixture
def said():
    return []


@pytest.fixture
def port():
    """A port that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_named(port):
    with pytest.raises(prepare.NotPossible, match=rf"port {port}: Address already in use"):
        prepare.check_port("127.0.0.1", port)


def test_a_foreign_host_is_named():
    with pytest.raises(prepare.NotPossible, match=r"192\.0\.2\.1"):
        prepare.check_port("192.0.2.1", 8000)


def test_a_free_port_is_fine(port):
    with socket.create_server(("127.0.0.1", 0)) as other:
        free = other.getsockname()[1]

    prepare.check_port("127.0.0.1", free)


@pytest.mark.django_db
def test_the_first_account_is_an_administrator_whose_password_is_kept(tmp_path):
    password = prepare.first_account(tmp_path)

    account = get_user_model().objects.get()
    kept = tmp_path / prepare.ACCOUNT_FILE
    assert account.is_superuser
    assert account.check_password(password)
    assert kept.read_text() == f"{prepare.ADMIN_EMAIL} {password}\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.django_db
def test_a_start_killed_between_file_and_account_uses_the_kept_password(tmp_path):
    (tmp_path / prepare.ACCOUNT_FILE).write_text(f"{prepare.ADMIN_EMAIL} kept-before\n")

    assert prepare.first_account(tmp_path) == "kept-before"


@pytest.mark.django_db
def test_no_account_is_made_where_there_is_one(tmp_path):
    get_user_model().objects.create_user("someone@example.org", "x")

    assert prepare.first_account(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_the_demo_is_made_where_there_is_no_project(monkeypatch, said):
    called = []
    monkeypatch.setattr(prepare, "get_commands", lambda: {"demo": "runs"})
    monkeypatch.setattr(prepare, "call_command", called.append)
    prepare.demo(said.append)

    assert called == ["demo"]


@pytest.mark.django_db
def test_the_demo_is_not_made_beside_a_project(monkeypatch, said):
    factories.project("mine")
    monkeypatch.setattr(prepare, "call_command", pytest.fail)
    prepare.demo(said.append)

    assert said == []


@pytest.mark.django_db
def test_applied_migrations_are_not_applied_again(said):
    prepare.migrate(said.append)

    assert said == []


@pytest.fixture
def static_source(settings, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "app.css").write_text("body { color: black }")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    return source


def test_static_files_are_hashed_and_collected_once(static_source, settings, said):
    prepare.collect_static(said.append)
    prepare.collect_static(said.append)

    assert said == ["collecting"]
    assert list(settings.STATIC_ROOT.glob("app.*.css"))
    assert (settings.STATIC_ROOT / "staticfiles.json").exists()


def test_a_changed_static_file_is_collected(static_source, said):
    prepare.collect_static(said.append)
    (static_source / "app.css").write_text("body { color: black; margin: 0 }")
    prepare.collect_static(said.append)

    assert said == ["collecting", "collecting"]


@pytest.fixture
def newer(db):
    """A migration of a release that is not here yet, applied."""
    MigrationRecorder(connection).record_applied("runs", "9999_from_the_future")


def test_a_database_of_a_newer_release_is_refused(newer, said):
    with pytest.raises(
        prepare.NotPossible, match=r"runs\.9999_from_the_future.*restore the backup"
    ):
        prepare.migrate(said.append)


def test_a_database_of_a_newer_release_is_not_ready(newer, client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == {"ok": False, "pending": 0, "unknown": 1}


def test_what_another_application_once_applied_is_passed_over(db, said):
    MigrationRecorder(connection).record_applied("gone", "0001_initial")
    prepare.refuse_newer()
