"""The suite runs on a throw-away embedded PostgreSQL, or on DATABASE_URL where that is set."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from awooop import config as configuration
from awooop.database import Launcher, embedded_settings
from awooop.supervisor.guard import Guard
from tests.plugin import *  # noqa: F403 - fixtures of a conftest win over a plugin's

_database = pytest.StashKey["ThrowAwayDatabase"]()


class ThrowAwayDatabase:
    """An embedded server in a temporary data directory, gone at the end however the run ends."""

    def __init__(self) -> None:
        self.data_dir = Path(tempfile.mkdtemp(prefix="awooop-tests-"))
        self.data_dir.chmod(0o755)  # as root the server runs as another account
        self.guard = Guard(self.data_dir, destroy=True)
        self.launcher = Launcher(self.data_dir, durable=False)
        self.launcher.join()
        self._point_settings_here()

    def remove(self) -> None:
        """Stop the server and delete its files."""
        self.launcher.destroy()
        shutil.rmtree(self.data_dir, ignore_errors=True)
        self.guard.dismiss()

    def _point_settings_here(self) -> None:
        # Workers of xdist read the environment. In this process pytest-django loaded the settings
        # before any conftest, and they name the developer's own data directory.
        os.environ["AWOOOP_DATA_DIR"] = str(self.data_dir)
        configuration.current.cache_clear()
        settings.CONFIG = configuration.current()
        settings.DATABASES["default"].update(embedded_settings(self.data_dir))
        settings.STATIC_ROOT = self.data_dir / "static"


def pytest_configure(config: pytest.Config) -> None:
    """Start the database once for all workers."""
    is_worker = hasattr(config, "workerinput")
    if not (is_worker or os.environ.get("DATABASE_URL") or config.getoption("collectonly")):
        config.stash[_database] = ThrowAwayDatabase()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind, also after Ctrl-C."""
    database = config.stash.get(_database, None)
    if database:
        database.remove()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a program that is missing here; in CI that is a failure."""
    for marker in item.iter_markers("needs_program"):
        for program in marker.args:
            if shutil.which(program) is None:
                refuse = pytest.fail if os.environ.get("CI") else pytest.skip
                refuse(f"needs the program '{program}' (a Debian package; see .ci/run)")
