from __future__ import annotations

import gc
import sys

import pytest
from django.template.loader import get_template

from awooop import warm


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
