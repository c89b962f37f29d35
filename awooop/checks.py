"""System checks of the kernel, and the guard that refuses a role which policies do not bind."""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.signals import connection_created
from django.utils.module_loading import import_string

from awooop import rls


def install() -> None:
    """Guard every new connection of this process."""
    connection_created.connect(_refuse_unsafe_role, dispatch_uid="awooop.refuse_unsafe_role")


def _refuse_unsafe_role(*, connection: Any, **_: Any) -> None:
    # The test runner and `create database` connect to the maintenance database first.
    if connection.alias != "default":
        return
    problem = rls.role_problem(connection.alias)
    if problem:
        connection.close()
        raise ImproperlyConfigured(problem)


@register(Tags.database)
def check_role(databases: list[str] | None = None, **_: Any) -> list[Error]:
    """The application's role must be bound by the row-level-security policies."""
    problems = [rls.role_problem(alias) for alias in databases or [] if alias in connections]
    return [Error(problem, id="awooop.E001") for problem in problems if problem]


@register()
def check_schedules(**_: Any) -> list[Error]:
    """Every scheduled path can be imported: the cluster would find a bad one only when it runs."""
    from awooop.schedules import SCHEDULES

    found = []
    for schedule in SCHEDULES:
        try:
            import_string(schedule.path)
        except ImportError as error:
            hint = "Correct the path in awooop/schedules.py."
            found.append(Error(f"{schedule.name}: {error}", hint=hint, id="awooop.E002"))
    return found
