from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from awooop.database import accounts, binaries
from awooop.database.accounts import Account
from awooop.database.configuration import write_ident
from awooop.database.errors import EmbeddedDatabaseError
from awooop.database.layout import Layout

STRANGER = Account("stranger", 4_000_000, 4_000_000)


@pytest.fixture
def home():
    """A directory that is open from the root down, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="awooop-home-") as name:
        home = Path(name)
        (home / "inner").mkdir()
        home.chmod(0o755)
        (home / "inner").chmod(0o755)
        yield home


def test_a_stranger_gets_through_open_directories(home):
    assert accounts.can_reach(STRANGER, home / "inner" / "file")


def test_a_stranger_does_not_get_through_a_closed_one(home):
    home.chmod(0o700)

    assert not accounts.can_reach(STRANGER, home / "inner" / "file")


def test_the_group_counts_before_the_others(home):
    home.chmod(0o705)
    member = Account("member", 4_000_000, home.stat().st_gid)

    assert not accounts.can_reach(member, home / "inner")


def test_a_uid_without_a_name_is_refused_readably():
    with pytest.raises(EmbeddedDatabaseError, match="no account in /etc/passwd"):
        accounts.by_uid(3_999_999)


def test_the_superusers_door_is_open_for_the_set_up_only(tmp_path):
    layout = Layout(tmp_path, tmp_path)
    layout.cluster.mkdir()
    us = accounts.current()

    write_ident(layout, us, setting_up=True)
    assert f'awooop "{us.name}" postgres' in (layout.cluster / "pg_ident.conf").read_text()
    write_ident(layout, us, setting_up=False)
    assert "postgres" not in (layout.cluster / "pg_ident.conf").read_text()


def test_a_missing_server_version_is_named():
    with pytest.raises(EmbeddedDatabaseError, match="made by PostgreSQL 9"):
        binaries.find(9)
