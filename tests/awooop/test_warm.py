from __future__ import annotations

import gc

import pytest
from django.template.loader import get_template

from awooop import warm


@pytest.fixture
def _thawed():
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("_thawed")
def test_what_is_loaded_is_left_alone_by_the_collector():
    before = gc.get_freeze_count()
    warm.up()
    assert gc.get_freeze_count() > before + 10_000
    assert gc.isenabled()


@pytest.mark.parametrize("name", warm.page_names())
def test_every_page_can_be_loaded(name):
    assert get_template(name)
