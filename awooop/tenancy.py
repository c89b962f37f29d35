"""Which projects the current work may see: enforced by the database, set here.

Every table with a project has forced row-level security on the transaction-local setting
`awooop.projects`, a comma-separated list of project ids. Outside a scope the list is empty and no
row is visible: forgetting is safe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from awooop import clock

SETTING = "awooop.projects"
REGISTRY = "*"
_DATABASE_S = "extract(epoch from clock_timestamp())::float8"
_SWAP = (
    f"select current_setting('{SETTING}', true), set_config('{SETTING}', %s, true), {_DATABASE_S}"
)


@contextmanager
def scope(project_ids: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Let the block see these projects' rows and no others; the block is a transaction (or
    savepoint).

    Nothing read lazily after the block is visible: evaluate querysets inside.
    """
    projects = tuple(dict.fromkeys(project_ids))
    if any("," in project or project == REGISTRY for project in projects):
        raise ValueError("not a project id")
    with _setting(",".join(projects)):
        yield projects


@contextmanager
def all_projects() -> Iterator[tuple[str, ...]]:
    """Let the block see every project that exists now (for tasks and commands, never for a
    request)."""
    with registry():
        projects = project_ids()
    with scope(projects):
        yield projects


@contextmanager
def registry() -> Iterator[None]:
    """Let the block see who exists: projects, memberships and API keys of all, and nothing else.

    For finding out who calls, before it is known what the caller may see.
    """
    with _setting(REGISTRY):
        yield


@contextmanager
def reading() -> Iterator[None]:
    """Let the block be a READ ONLY transaction, the outermost; raises RuntimeError within another.

    The connection's own property says it with the BEGIN, so that it costs no statement.
    """
    if connection.in_atomic_block:
        raise RuntimeError("only a whole transaction can be READ ONLY")
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    given = connection.connection
    given.read_only = True
    try:
        with transaction.atomic():
            yield
    finally:
        if given.info.transaction_status == TransactionStatus.IDLE:
            given.read_only = None
        else:  # it is broken, or within something that did not end: the next work gets another
            connection.close()


def every_project() -> tuple[str, ...]:
    """Answer the ids of all projects that exist, in order, whatever the scope: one statement."""
    with connection.cursor() as cursor:
        cursor.execute("select awooop_registry_projects()")
        return tuple(project_id for (project_id,) in cursor.fetchall())


def roles_of(user_id: int) -> dict[str, str]:
    """Answer a person's role by project, whatever the scope: one statement."""
    with connection.cursor() as cursor:
        cursor.execute("select project, role_in from awooop_registry_roles(%s)", [user_id])
        return dict(cursor.fetchall())


def set_for_transaction(project_ids: Iterable[str]) -> None:
    """Set the scope for the rest of the current transaction; for the request's own transaction
    only."""
    if not connection.in_atomic_block:
        raise RuntimeError("a scope lives in a transaction")
    _swap(",".join(project_ids))


def project_ids() -> tuple[str, ...]:
    """Answer the ids of all projects visible in the current scope, in order."""
    from awooop.models import Project

    return tuple(Project.objects.order_by("project_id").values_list("project_id", flat=True))


@contextmanager
def _setting(value: str) -> Iterator[None]:
    nested = connection.in_atomic_block
    with transaction.atomic():
        previous = _swap(value)
        yield
        # An exception rolls the setting back with the savepoint; a normal end does not, and the end
        # of the outermost transaction does by itself.
        if nested and not connection.needs_rollback:
            _swap(previous)


def _swap(value: str) -> str:
    with connection.cursor() as cursor:
        asked = clock.reading()
        cursor.execute(_SWAP, [value])
        (previous, _, database) = cursor.fetchone()
        clock.compare(database, asked=asked, answered=clock.reading())
    return previous or ""
