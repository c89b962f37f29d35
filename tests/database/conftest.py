from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from awooop.database import Launcher
from tests.database.support import User


@pytest.fixture(scope="session")
def initialised() -> Iterator[Launcher]:
    """A data directory after a first start, shared by tests that leave it as it was."""
    data_dir = Path(tempfile.mkdtemp(prefix="awooop-db-"))
    data_dir.chmod(0o755)
    launcher = Launcher(data_dir, durable=False)
    launcher.join()
    launcher.leave()
    yield launcher
    launcher.destroy()
    data_dir.rmdir()


@pytest.fixture
def make_launcher() -> Iterator[Callable[..., Launcher]]:
    """Make launchers of data directories that are destroyed with everything at the end."""
    made: list[tuple[Path, Launcher]] = []

    def make(*parts: str, owner: str = "", durable: bool = False) -> Launcher:
        top = Path(tempfile.mkdtemp(prefix="awooop-db-"))
        top.chmod(0o755)
        data_dir = top.joinpath(*parts)
        data_dir.mkdir(parents=True, exist_ok=True)
        if owner:
            shutil.chown(data_dir, owner)
        launcher = Launcher(data_dir, durable=durable)
        made.append((top, launcher))
        return launcher

    yield make
    for top, launcher in made:
        launcher.destroy()
        shutil.rmtree(top)


@pytest.fixture
def launcher(initialised: Launcher) -> Iterator[Launcher]:
    """A launcher of a stopped database; it is stopped and mended after the test."""
    cluster = initialised.layout.cluster
    version = (cluster / "PG_VERSION").read_text()
    yield initialised
    initialised.stop(force=True)
    (cluster / "PG_VERSION").write_text(version)
    (cluster / "local.conf").unlink(missing_ok=True)


@pytest.fixture
def user() -> Iterator[Callable[..., User]]:
    """Start processes that use a database, ended at the end."""
    made: list[User] = []

    def start(data_dir: Path, **options: Any) -> User:
        made.append(User(data_dir, **options))
        return made[-1]

    yield start
    for each in made:
        if each.process.poll() is None:
            each.kill()
