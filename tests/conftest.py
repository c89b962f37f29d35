"""The suite runs on a throw-away embedded PostgreSQL, or on DATABASE_URL where that is set."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from pathlib import Path

import django
import pytest
from django.conf import settings

from awooop import config as configuration
from awooop.database import Launcher, embedded_settings
from awooop.supervisor.guard import Guard
from tests.plugin import *  # noqa: F403 - fixtures of a conftest win over a plugin's

# Hashing a password takes a quarter of a second, by design, and hundreds of tests make an account.
_FAST_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"
_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
if not _IS_WORKER:
    # Before the settings are read (pytest-django would do so before any conftest, were it told
    # where they are): a run makes nothing in the developer's own data directory.
    os.environ["AWOOOP_DATA_DIR"] = tempfile.mkdtemp(prefix="awooop-tests-")
os.environ["DJANGO_SETTINGS_MODULE"] = "awooop.settings"
django.setup()

_database = pytest.StashKey["ThrowAwayDatabase"]()


class ThrowAwayDatabase:
    """An embedded server in a temporary data directory, gone at the end however the run ends."""

    def __init__(self) -> None:
        self.data_dir = Path(os.environ["AWOOOP_DATA_DIR"])
        self.data_dir.chmod(0o755)  # as root the server runs as another account
        self.guard = Guard(self.data_dir, destroy=True)
        self.launcher = Launcher(self.data_dir, durable=False)
        self.launcher.join()

    def remove(self) -> None:
        """Stop the server and delete its files."""
        self.launcher.destroy()
        shutil.rmtree(self.data_dir, ignore_errors=True)
        self.guard.dismiss()


def pytest_configure(config: pytest.Config) -> None:
    """Start the database once for all workers."""
    _choose_what_is_fast()
    _point_settings_here()
    if not (_IS_WORKER or os.environ.get("DATABASE_URL") or config.getoption("collectonly")):
        config.stash[_database] = ThrowAwayDatabase()


def _point_settings_here() -> None:
    # Where DJANGO_SETTINGS_MODULE is exported, pytest-django has read the settings before us.
    configuration.current.cache_clear()
    settings.CONFIG = configuration.current()
    settings.STATIC_ROOT = settings.CONFIG.data_dir / "static"
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    if settings.CONFIG.is_embedded:
        settings.DATABASES["default"].update(embedded_settings(settings.CONFIG.data_dir))


def _choose_what_is_fast() -> None:
    settings.PASSWORD_HASHERS = [_FAST_HASHER, *settings.PASSWORD_HASHERS]
    # Look for a static file when it is asked for; else each test client lists them all first.
    settings.WHITENOISE_AUTOREFRESH = True


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind, also after Ctrl-C."""
    database = config.stash.get(_database, None)
    if database:
        database.remove()
    if not _IS_WORKER:
        shutil.rmtree(os.environ["AWOOOP_DATA_DIR"], ignore_errors=True)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays: spare the garbage collector from walking over it each time."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a program that is missing here; in CI that is a failure."""
    for marker in item.iter_markers("needs_program"):
        for program in marker.args:
            if shutil.which(program) is None:
                refuse = pytest.fail if os.environ.get("CI") else pytest.skip
                refuse(f"needs the program '{program}' (a Debian package; see .ci/run)")
