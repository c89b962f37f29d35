"""Raw SQL in the application's own role reads and changes nothing of another project: no table."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, ProgrammingError, connection, transaction

from awooop import tenancy
from tests.walks.addresses import has_project
from tests.walks.asking import undone

pytestmark = pytest.mark.django_db
TABLES = sorted(model._meta.db_table for model in apps.get_models() if has_project(model))

REFUSED = r"row-level security|immutable|append|never|cannot|may not"


def ask(sql: str, *values: str) -> int:
    """Run a statement; answers how many rows it found or touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def touched(statement: str, project_id: str) -> int:
    """Answer how many rows a statement touched: none where it was refused altogether."""
    try:
        return ask(statement, project_id)
    except ProgrammingError:
        return 0


@pytest.fixture
def inside_mine(mine, theirs):
    with undone(), tenancy.scope([mine.project_id]):
        yield


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_read(inside_mine, theirs, table):
    named = f'select 1 from "{table}" where project_id = %s'
    assert ask(named, theirs.project_id) == 0
    assert ask(f"select 1 from \"{table}\" where project_id <> 'mimosas'") == 0
    # A condition with a side effect sees no row either: the policy comes before it.
    leaky = f'select 1 from "{table}" t where project_id = %s and length(t::text) / 0 > 0'
    assert ask(leaky, theirs.project_id) == 0


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_changed_or_removed(inside_mine, theirs, table):
    for statement in (
        f'update "{table}" set project_id = project_id where project_id = %s',
        f'delete from "{table}" where project_id = %s',
    ):
        with undone():
            assert touched(statement, theirs.project_id) == 0


@pytest.mark.parametrize("table", TABLES)
def test_a_row_of_mine_cannot_be_given_away(inside_mine, theirs, table):
    if ask(f'select 1 from "{table}" limit 1') == 0:
        return  # a table that this project has no row of
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        ask(f'update "{table}" set project_id = %s', theirs.project_id)


@pytest.mark.parametrize("table", TABLES)
def test_without_a_scope_there_is_nothing(mine, table):
    with tenancy.scope([]):
        assert ask(f'select 1 from "{table}"') == 0
