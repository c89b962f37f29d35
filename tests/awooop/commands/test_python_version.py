"""manage.py says which Python it needs, before anything that an older one cannot read."""

from __future__ import annotations

import runpy
import sys
from types import SimpleNamespace

import pytest

from awooop.config import ROOT


class Older(tuple):
    """What `sys.version_info` of an older Python is, as far as a comparison goes."""


def test_an_older_python_is_refused_by_name(monkeypatch):
    program = runpy.run_path(str(ROOT / "manage.py"))
    older = SimpleNamespace(
        version_info=Older((3, 10, 13)), version="3.10.13 (main)", exit=sys.exit
    )
    monkeypatch.setitem(program["main"].__globals__, "sys", older)
    with pytest.raises(SystemExit) as refused:
        program["main"]()
    assert refused.value.code == "Python 3.11 or newer is needed; this is 3.10.13."
