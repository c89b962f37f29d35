"""At 100,000 runs a batch of retention reads what it deletes, and no whole table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import connection

from awooop import tenancy
from awooop.retention import batches, rules
from tests.runs import plans

pytestmark = pytest.mark.django_db

TABLES = (*plans.GROWING, "runs_incident")
_INCIDENTS = """
insert into runs_incident (incident_id, project_id, title, severity, status, source, fingerprint,
    labels, annotations, recurrence_count, opened_at, last_seen_at, resolved_at, resolution_type,
    disposition)
  select 'INC-20260101-' || to_char(n, 'FM00000000'), 'plans-a', 't', 'info',
    case when n % 500 = 0 then 'open' else 'resolved' end, 'api', '', '{}', '{}', 0,
    at, at, case when n % 500 > 0 then at end, case when n % 500 > 0 then 'manual' end,
    case when n % 500 > 0 then 'manual' end
  from generate_series(1, 20000) n,
    lateral (select timestamptz '2026-01-01' + n * interval '14 seconds') as t(at)
"""
# What a night finds too old: the first half hour of the days that the rows cover.
A_NIGHT = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
OF_PROJECTS = [rule.name for rule in rules() if rule.model._meta.db_table in TABLES]


@pytest.fixture(scope="module", autouse=True)
def _many(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        plans.fill()
        with tenancy.scope(plans.PROJECTS), connection.cursor() as cursor:
            cursor.execute(_INCIDENTS)
        with connection.cursor() as cursor:
            cursor.execute("vacuum analyze runs_incident")
        yield
        with tenancy.scope(plans.PROJECTS), connection.cursor() as cursor:
            cursor.execute("truncate runs_incident")
        plans.empty()


@contextmanager
def whole_tables() -> Iterator[list[str]]:
    """Collect what scans a whole growing table in the plans of the block's statements."""
    found: list[str] = []

    def scans(node, sql):
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in TABLES:
            found.append(f"{node['Relation Name']}: {sql}")
        for child in node.get("Plans", []):
            scans(child, sql)

    def explain(execute, sql, params, many, context):
        if sql.split()[0].lower() in ("select", "delete", "update") and "set_config" not in sql:
            execute(f"explain (format json) {sql}", params, many, context)
            (plan,) = context["cursor"].fetchone()
            scans((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"], sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


def walk_of(name: str) -> batches.Walk:
    (rule,) = [one for one in rules() if one.name == name]
    return batches.Walk(rule, "plans-a", A_NIGHT)


@pytest.mark.parametrize("name", OF_PROJECTS)
def test_a_batch_scans_no_whole_table(name):
    walk = walk_of(name)
    with whole_tables() as found:
        batches.step(walk, 100)
        batches.step(walk, 100)
    assert found == []
    assert walk.deleted or name not in ("runs", "incidents", "remediation_records")


@pytest.mark.parametrize("name", OF_PROJECTS)
def test_a_batch_looks_at_little_more_than_it_deletes(name):
    with tenancy.scope(["plans-a"]), plans.explained() as found:
        list(batches._next(walk_of(name), 100))
    (plan,) = found
    assert plan.looked_at < 3_000, plan.sql
