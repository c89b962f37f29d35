"""At 60,000 calls the list reads by an index, whatever it is narrowed to."""

from __future__ import annotations

import pytest
from django.db import connection

from awooop import paging, tenancy
from awooop.models import Project
from runs.models import McpCall
from runs.selectors import gateway
from tests.runs.plans import explained

PROJECTS = ["calls-a", "calls-b"]
_FILL = """
insert into runs_mcpcall (call_id, project_id, agent_id, tool_name, result_status, block_gate,
    gate_result, created_at)
  select md5(p || n)::uuid, p, case when n %% 400 = 0 then 'rare' else 'agent-' || n %% 5 end,
    case when n %% 400 = 1 then 'rare' else 'tool-' || n %% 40 end,
    case when n %% 50 = 0 then 'blocked' else 'success' end,
    case when n %% 50 = 0 then (array['scope', 'approval'])[1 + n / 50 %% 2] end,
    '{}', timestamptz '2026-01-01' + n * interval '7 seconds'
  from unnest(%s::text[]) p, generate_series(1, 30000) n
"""


@pytest.fixture(scope="module")
def many(module_db):
    with tenancy.scope(PROJECTS), connection.cursor() as cursor:
        Project.objects.bulk_create(Project(project_id=name) for name in PROJECTS)
        cursor.execute(_FILL, [PROJECTS])
        cursor.execute("analyze runs_mcpcall")


@pytest.mark.django_db
@pytest.mark.parametrize("projects", [PROJECTS[:1], PROJECTS], ids=["one", "two"])
@pytest.mark.parametrize("is_deep", [False, True], ids=["first", "deep"])
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"agent_id": "agent-3"},
        {"agent_id": "rare"},
        {"tool_name": "rare"},
        {"tool_name": "none"},
        {"result_status": "blocked"},
        {"result_status": "failed"},
        {"block_gate": "approval"},
        {"block_gate": "gateway"},
        {"agent_id": "agent-3", "tool_name": "tool-3"},
    ],
    ids=str,
)
def test_a_list_of_calls(many, given, is_deep, projects):
    with tenancy.scope(projects):
        middle = McpCall.objects.filter(project_id="calls-a").order_by("created_at")[15_000]
        cursor = paging._cursor(gateway.NEWEST, [middle], last=True) if is_deep else None
        asked = paging.PageRequest(cursor=cursor)
        with explained() as found:
            gateway.page_of_calls(gateway.parse_filters(given), projects, asked)
    assert found
    for plan in found:
        assert plan.whole_tables == [], plan.sql
        if "count(" not in plan.sql.lower():
            assert plan.looked_at <= 1_500, f"{plan.looked_at} rows: {plan.sql}"
