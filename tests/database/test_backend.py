from __future__ import annotations

import pytest
from django.db import OperationalError

from awooop.database import embedded_settings
from awooop.database.backend import base
from tests.database.support import kill_server


@pytest.fixture
def wrapper(launcher, monkeypatch):
    """A Django connection to the launcher's database, apart from the suite's own."""
    monkeypatch.setattr(base, "_joined", set())
    defaults = {"TIME_ZONE": None, "OPTIONS": {}, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False}
    found = base.DatabaseWrapper(
        {**defaults, "TEST": {}, **embedded_settings(launcher.data_dir)}, alias="own"
    )
    found.inc_thread_sharing()
    yield found
    if found.connection is not None:
        found.connection.close()


def ask(wrapper):
    with wrapper.get_new_connection(wrapper.get_connection_params()) as connection:
        return connection.execute("select current_user").fetchone()


def test_the_first_connection_starts_the_server(launcher, wrapper):
    assert not launcher.status().running

    assert ask(wrapper) == ("awooop",)
    assert launcher.status().running


def test_a_connection_after_a_kill_starts_the_server_again(launcher, wrapper):
    ask(wrapper)
    kill_server(launcher)

    assert ask(wrapper) == ("awooop",)


def test_a_server_that_cannot_start_is_an_operational_error(launcher, wrapper):
    launcher.join()
    launcher.leave()
    (launcher.layout.cluster / "local.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(OperationalError, match="no_such_setting"), wrapper.wrap_database_errors:
        ask(wrapper)


def test_a_missing_database_is_the_servers_word(wrapper):
    wrapper.settings_dict["NAME"] = "absent"

    with pytest.raises(OperationalError, match="does not exist"), wrapper.wrap_database_errors:
        ask(wrapper)
