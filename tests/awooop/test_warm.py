from __future__ import annotations

import gc
import sys

import pytest
from django.template.loader import get_template

from awooop import warm
from awooop.supervisor import qcluster


@pytest.fixture
def _as_before():
    interval = sys.getswitchinterval()
    yield
    gc.unfreeze()
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("_as_before")
def test_what_is_loaded_is_left_alone_by_the_collector():
    before = gc.get_freeze_count()
    warm.up()
    assert gc.get_freeze_count() > before + 10_000
    assert gc.isenabled()


@pytest.mark.usefixtures("_as_before")
def test_a_small_request_waits_a_millisecond_for_a_page_not_five():
    warm.up()
    assert sys.getswitchinterval() == pytest.approx(0.001)


@pytest.mark.parametrize("name", warm.page_names())
def test_every_page_can_be_loaded(name):
    assert get_template(name)


@pytest.mark.usefixtures("_as_before")
def test_the_cluster_shares_what_it_loaded_before_it_forks(monkeypatch):
    """Its workers are forked from it; loaded later, each has a copy of all pages and operations."""
    seen = []

    def run(name: str) -> None:
        seen.append((name, "awooop.urls" in sys.modules, gc.get_freeze_count()))

    monkeypatch.setattr("django.core.management.call_command", run)
    before = gc.get_freeze_count()
    qcluster.main()
    ((name, is_loaded, frozen),) = seen
    assert (name, is_loaded) == ("qcluster", True)
    assert frozen > before + 10_000
