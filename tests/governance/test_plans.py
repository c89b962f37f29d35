"""At 100,000 events and dispatches no common question reads a whole table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from awooop import paging, tenancy
from awooop.models import Project
from governance.models import Dispatch, GovernanceEvent
from governance.selectors import events, overview, queue

pytestmark = pytest.mark.django_db

PROJECTS = {"plans-a": 60_000, "plans-b": 30_000, "plans-c": 10_000}
TABLES = ("governance_governanceevent", "governance_dispatch")
_EVENTS = """
insert into governance_governanceevent (id, project_id, event_type, subject, severity, triggered_at,
    last_seen_at, occurrences, resolved, resolved_at, resolved_by, resolution_note, details, impact,
    remediation)
  select md5('event' || p || n)::uuid, p,
    case when n %% 500 = 0 then 'rare_type' else 'type_' || n %% 7 end, n::text,
    case when n %% 400 = 0 then 'critical' when n %% 3 = 0 then 'warning' else 'info' end,
    timestamptz '2026-01-01' + n * interval '7 seconds', now(), 1, n %% 300 <> 0,
    case when n %% 300 <> 0 then now() end, '', '', '{}', '', ''
  from unnest(%(names)s::text[], %(sizes)s::int[]) as t(p, size), generate_series(1, size) n
"""
_DISPATCHES = """
insert into governance_dispatch (id, governance_event_id, project_id, event_type, subject,
    executor_type,
    dispatch_status, proposed_action, decision_context, workflow_stage, next_action, owner,
    operator_note, attempt_count, max_attempts, created_by, created_at)
  select md5('dispatch' || p || n)::uuid, md5('event' || p || n)::uuid, p,
    case when n %% 500 = 0 then 'rare_type' else 'type_' || n %% 7 end, n::text,
    case when n %% 450 = 0 then 'rare_executor' else 'executor_' || n %% 3 end,
    case when n %% 400 = 0 then 'pending' when n %% 350 = 0 then 'failed' else 'succeeded' end,
    '', '{}', '', '', '', '', 0, 1, '', timestamptz '2026-01-01' + n * interval '7 seconds'
  from unnest(%(names)s::text[], %(sizes)s::int[]) as t(p, size), generate_series(1, size) n
"""


@pytest.fixture(scope="module", autouse=True)
def _many(django_db_setup, django_db_blocker):
    params = {"names": list(PROJECTS), "sizes": list(PROJECTS.values())}
    with django_db_blocker.unblock():
        with tenancy.scope(PROJECTS), connection.cursor() as cursor:
            Project.objects.bulk_create(Project(project_id=name) for name in PROJECTS)
            cursor.execute(_EVENTS, params)
            cursor.execute(_DISPATCHES, params)
        with connection.cursor() as cursor:
            cursor.execute(f"vacuum analyze {', '.join(TABLES)}")
        yield
        with tenancy.scope(PROJECTS), connection.cursor() as cursor:
            cursor.execute(f"truncate {', '.join(TABLES)} cascade")
            cursor.execute("delete from awooop_project where project_id like 'plans-%'")


@pytest.fixture(autouse=True)
def _in_scope(_many, db):
    with tenancy.scope(PROJECTS):
        yield


@contextmanager
def explained() -> Iterator[list[tuple[str, list[dict[str, Any]]]]]:
    """Collect the scans of our tables in the plan of each SELECT that the block runs."""
    found: list[tuple[str, list[dict[str, Any]]]] = []

    def explain(execute, sql, params, many, context):
        if sql.lstrip()[:6].lower() == "select" and any(table in sql for table in TABLES):
            with connection.connection.cursor() as cursor:
                cursor.execute(f"explain (analyze, format json) {sql}", params)
                (plan,) = cursor.fetchone()
            plan = json.loads(plan) if isinstance(plan, str) else plan
            found.append((sql, list(_scans(plan[0]["Plan"]))))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


def _scans(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if node.get("Relation Name") in TABLES:
        yield node
    for child in node.get("Plans", []):
        yield from _scans(child)


def check(found: list[tuple[str, list[dict[str, Any]]]], at_most: int) -> None:
    assert found
    for sql, scans in found:
        bound = at_most + (paging.COUNT_BOUND if "count(" in sql.lower() else 0)
        for scan in scans:
            assert scan["Node Type"] != "Seq Scan", sql
        rows = sum(
            (scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0)) * scan["Actual Loops"]
            for scan in scans
        )
        assert rows <= bound, f"{rows} rows: {sql}"


SCOPES = pytest.mark.parametrize("projects", [["plans-a"], list(PROJECTS)], ids=["one", "three"])


def deep(ordering, model):
    row = model.objects.filter(project_id="plans-a").order_by(*ordering.order_by())[20_000]
    return paging._cursor(ordering, [row], last=True)


@SCOPES
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"resolved": "false"},
        {"resolved": "true"},
        {"severity": "critical"},
        {"severity": "info"},
        {"event_type": "rare_type"},
        {"event_type": "type_3"},
        {"event_type": "no_such"},
    ],
    ids=str,
)
def test_the_list_of_events(projects, given):
    filters = events.parse_filters(given)
    for cursor in (None, deep(events.NEWEST, GovernanceEvent)):
        with explained() as found:
            events.newest(projects, filters, paging.PageRequest(per_page=50, cursor=cursor))
        check(found, 700)


@SCOPES
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"dispatch_status": "pending"},
        {"dispatch_status": "failed"},
        {"dispatch_status": "executing"},
        {"event_type": "rare_type"},
        {"executor_type": "rare_executor"},
        {"executor_type": "executor_1"},
        {"event_type": "no_such"},
    ],
    ids=str,
)
def test_the_queue(projects, given):
    filters = queue.parse_filters(given)
    for cursor in (None, deep(queue.NEWEST, Dispatch)):
        with explained() as found:
            queue.newest(projects, filters, paging.PageRequest(per_page=50, cursor=cursor))
        check(found, 700)


@SCOPES
def test_the_counts_of_what_is_open(projects):
    with explained() as found:
        events.open_counts(projects)
        events.count_pressing(projects)
        queue.count_active(projects)
        overview.open_events(projects)
    check(found, 1_000)
