"""The registry of SLIs that the database answers: each app contributes its own in `slis.py`.

@sli("autonomy_rate")
def autonomy_rate(window: Window) -> dict[str, float | None]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.module_loading import autodiscover_modules

LOOK_BACK = timedelta(hours=24)


@dataclass(frozen=True)
class Window:
    """What an SLI is asked about: all these projects at once, over the 24 hours before `until`."""

    projects: tuple[str, ...]
    until: datetime

    @property
    def since(self) -> datetime:
        """When the window begins."""
        return self.until - LOOK_BACK


Function = Callable[[Window], Mapping[str, float | None]]
_registered: dict[str, Function] = {}


def sli(name: str) -> Callable[[Function], Function]:
    """Register a function as the database's answer for the SLO of this name; raises ValueError for
    a second. It answers None, or nothing, for a project of which nothing is known."""

    def decorate(function: Function) -> Function:
        if name in _registered:
            raise ValueError(f"the SLI {name} is registered already")
        _registered[name] = function
        return function

    return decorate


def registered(name: str) -> Function | None:
    """Answer the function of an SLI, or None where the database has no source for it."""
    return _registered.get(name)


def discover() -> None:
    """Import each app's `slis`."""
    autodiscover_modules("slis")


def ask(statement: str, window: Window, **params: Any) -> dict[str, float | None]:
    """Run a statement that answers (project_id, value) with `projects`, `since` and `until`."""
    given = {"projects": list(window.projects), "since": window.since, "until": window.until}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**given, **params})
        return {
            project: None if value is None else float(value) for project, value in cursor.fetchall()
        }


@contextmanager
def registered_for_test(**functions: Function) -> Iterator[None]:
    """Have these SLIs, and no others, registered within the block."""
    before = dict(_registered)
    _registered.clear()
    _registered.update(functions)
    try:
        yield
    finally:
        _registered.clear()
        _registered.update(before)
