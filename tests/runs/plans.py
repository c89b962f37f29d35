"""A hundred thousand runs, and the plans of the statements that the product runs on them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from awooop import tenancy
from awooop.models import Project

PROJECTS = {"plans-a": 60_000, "plans-b": 30_000, "plans-c": 10_000}
GROWING = (
    "runs_run",
    "runs_runincident",
    "runs_channelevent",
    "runs_remediationrecord",
    "runs_legacymcprecord",
    "runs_step",
    "runs_mcpcall",
    "runs_outboundmessage",
    "runs_approval",
    "runs_execution",
    "runs_evidence",
)
FILLED = (*GROWING, "runs_incident")
INCIDENT = "INC-20260101-{number:08d}"

_FILL = """
insert into runs_run (run_id, project_id, agent_id, state, is_shadow, trace_id, trigger_type,
    trigger_ref, worker_key, cost_usd, step_count, attempt_count, max_attempts, created_at,
    remediation_status, body_fingerprint)
  select md5(p || n)::uuid, p, case when n %% 500 = 0 then 'rare-agent' else 'agent-' || n %% 7 end,
    (array['completed','completed','completed','failed','timed_out','cancelled'])[1 + n %% 6],
    false, '', 'alert', case when n %% 1000 = 0 then 'trigger-rare-' else 'am:' end || p || n, '',
    0, 3, 0, 3, timestamptz '2026-01-01' + n * interval '7 seconds',
    case when n %% 400 = 0 then 'blocked' else
      (array['no_evidence','observed','mcp_observed','write_observed'])[1 + n %% 4] end, ''
  from unnest(%(names)s::text[], %(sizes)s::int[]) as t(p, size), generate_series(1, size) n;

insert into runs_runincident (run_id, project_id, incident_id, source, found_at, source_id, ordinal,
    position)
  select md5(p || n)::uuid, p, 'INC-20260101-' || to_char(n / 2, 'FM00000000'), 'trigger_ref',
    now(), md5(p || n)::uuid, 0, 0
  from unnest(%(names)s::text[], %(sizes)s::int[]) as t(p, size), generate_series(1, size) n
  where n %% 2 = 0;

insert into runs_channelevent (event_id, project_id, run_id, channel_type, provider_event_id,
    channel_chat_id, content_preview, content_redacted, is_duplicate, is_refused, received_at,
    source_envelope)
  select md5('event' || p || n)::uuid, p, md5(p || n)::uuid,
    case when n %% 200 = 0 then 'telegram' else 'alertmanager' end, 'am:' || p || n, '', '', '',
    false, false, timestamptz '2026-01-01' + n * interval '7 seconds', '{}'
  from unnest(%(names)s::text[], %(sizes)s::int[]) as t(p, size), generate_series(1, size / 4) n;

insert into runs_remediationrecord (id, project_id, incident_id, work_item_id, mode, agent_id,
    tool_name, success, verification_result_preview, details, created_at)
  select md5('item' || p || n)::uuid, p, 'INC-20260101-' || to_char(n / 3, 'FM00000000'), '',
    'dry_run', 'a', 't', true, '', '{}', timestamptz '2026-01-01' + n * interval '7 seconds'
  from unnest(%(names)s::text[], %(sizes)s::int[]) as t(p, size), generate_series(1, size / 4) n;

insert into runs_legacymcprecord (id, project_id, session_id, flywheel_node, mcp_server, tool_name,
    success, incident_id, agent_role, created_at)
  select md5('legacy' || p || n)::uuid, p, '', '', 's', 't', true,
    'INC-20260101-' || to_char(n / 3, 'FM00000000'), 'r',
    timestamptz '2026-01-01' + n * interval '7 seconds'
  from unnest(%(names)s::text[], %(sizes)s::int[]) as t(p, size), generate_series(1, size / 4) n;
"""
# Each of many runs has a record or two; the first run of the first project has thousands.
_RECORDS = """
insert into runs_step (step_id, run_id, project_id, step_seq, tool_name, result_status, summary,
    was_blocked, created_at)
  select md5('step' || n)::uuid, md5('plans-a' || greatest(n - 4000, 1))::uuid, 'plans-a', n,
    'tool', 'success', '', false, timestamptz '2026-01-01' + n * interval '1 second'
  from generate_series(1, 20000) n;

insert into runs_mcpcall (call_id, run_id, project_id, agent_id, tool_name, result_status,
    gate_result, created_at)
  select md5('call' || n)::uuid, md5('plans-a' || greatest(n - 4000, 1))::uuid, 'plans-a', 'a', 't',
    'success', '{}', timestamptz '2026-01-01' + n * interval '1 second'
  from generate_series(1, 12000) n;

insert into runs_outboundmessage (message_id, run_id, project_id, channel_type, message_type,
    recipient, content, content_preview, buttons, send_status, attempt_count, queued_at)
  select md5('message' || n)::uuid, md5('plans-a' || greatest(n - 4000, 1))::uuid, 'plans-a',
    'telegram', 'interim', '', '', '', '[]', 'sent', 1,
    timestamptz '2026-01-01' + n * interval '1 second'
  from generate_series(1, 12000) n;

insert into runs_outboundmessage (message_id, project_id, channel_type, message_type, recipient,
    content, content_preview, buttons, send_status, attempt_count, queued_at, callback_action,
    incident_id)
  select md5('reply' || p || n)::uuid, p, 'telegram', 'callback_reply', '', '', '', '[]',
    case when n %% 1000 = 0 then 'dead' else 'sent' end, 1,
    timestamptz '2026-01-01' + n * interval '1 minute', 'detail',
    'INC-20260101-' || to_char(n / 3, 'FM00000000')
  from unnest(%(names)s::text[]) as t(p), generate_series(1, 3000) n;

insert into runs_approval (id, run_id, project_id, tool_name, arguments, digest, suggested_action,
    risk_level, status, required_approvals, requested_by, requested_at, resolved_at)
  select md5('approval' || n)::uuid, md5('plans-a' || n)::uuid, 'plans-a', 't', '{}', '', '', 'low',
    case when n %% 1000 = 0 then 'rejected' else (array['approved','cancelled'])[1 + n %% 2] end,
    1, 'a',
    timestamptz '2026-01-01' + n * interval '1 minute', now() from generate_series(1, 5000) n;

insert into runs_execution (id, project_id, incident_id, run_id, success, human_approved,
    created_at)
  select md5('execution' || n)::uuid, 'plans-a', 'INC-20260101-' || to_char(n, 'FM00000000'),
    md5('plans-a' || n)::uuid, true, false, timestamptz '2026-01-01' + n * interval '1 minute'
  from generate_series(1, 5000) n;

insert into runs_evidence (id, project_id, incident_id, run_id, execution_id, snapshot,
    collected_at)
  select md5('evidence' || n)::uuid, 'plans-a', 'INC-20260101-' || to_char(n, 'FM00000000'),
    md5('plans-a' || n)::uuid, md5('execution' || n)::uuid, '{}',
    timestamptz '2026-01-01' + n * interval '1 minute'
  from generate_series(1, 5000) n;

insert into runs_evidence (id, project_id, incident_id, snapshot, verification_result, collected_at)
  select md5('bad' || p || n)::uuid, p, 'INC-20260101-' || to_char(80000000 + n, 'FM00000000'),
    '{}', (array['failed','timeout','degraded','success'])[1 + n %% 4],
    now() - n * interval '1 minute'
  from unnest(%(names)s::text[]) as t(p), generate_series(1, 20000) n;

insert into runs_incident (incident_id, project_id, title, severity, status, source, fingerprint,
    labels, annotations, recurrence_count, opened_at, last_seen_at, resolved_at, resolution_type,
    disposition)
  select 'INC-20260102-' || to_char(n, 'FM00000000'),
    (array['plans-a','plans-a','plans-b','plans-c'])[1 + n %% 4], 'A disk is full', 'warning',
    case when n %% 500 = 0 then 'open' else 'resolved' end, 'alertmanager', '', '{}', '{}', 1,
    now() - n * interval '1 minute', now() - n * interval '1 minute',
    case when n %% 500 > 0 then now() end, case when n %% 500 > 0 then 'timeout' end,
    case when n %% 500 > 0 then 'timeout_ignored' end
  from generate_series(1, 40000) n
"""


def fill() -> None:
    """Write the rows and let the planner know them; they are committed."""
    params = {"names": list(PROJECTS), "sizes": list(PROJECTS.values())}
    with tenancy.scope(PROJECTS), connection.cursor() as cursor:
        Project.objects.bulk_create(Project(project_id=name) for name in PROJECTS)
        for statement in f"{_FILL}{_RECORDS}".split(";"):
            if statement.strip():
                cursor.execute(statement, params)
    with connection.cursor() as cursor:
        cursor.execute(f"vacuum analyze {', '.join(FILLED)}")


def empty() -> None:
    """Take everything away again."""
    with tenancy.scope(PROJECTS), connection.cursor() as cursor:
        cursor.execute(f"truncate {', '.join(FILLED)} cascade")
        cursor.execute("delete from awooop_project where project_id = any(%s)", [list(PROJECTS)])


def long_run_id() -> Any:
    """The id of the run with 15,000 records."""
    with connection.cursor() as cursor:
        cursor.execute("select md5('plans-a' || 1)::uuid")
        return cursor.fetchone()[0]


@dataclass
class Plan:
    """What one statement did: its text, scans of whole tables, and rows it looked at."""

    sql: str
    whole_tables: list[str] = field(default_factory=list)
    looked_at: int = 0

    def read(self, node: dict[str, Any]) -> None:
        """Take in a node of an EXPLAIN and those below it."""
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING:
            self.whole_tables.append(node["Relation Name"])
        if node.get("Relation Name") in GROWING:
            removed = node.get("Rows Removed by Filter", 0) + node.get(
                "Rows Removed by Index Recheck", 0
            )
            self.looked_at += round((node["Actual Rows"] + removed) * node["Actual Loops"])
        for child in node.get("Plans", []):
            self.read(child)


@contextmanager
def explained() -> Iterator[list[Plan]]:
    """Collect the plan of each SELECT that the block runs."""
    plans: list[Plan] = []

    def explain(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any):
        if sql.lstrip().lower().startswith(("select", "with")) and "set_config" not in sql:
            cursor = context["cursor"]
            execute(f"explain (analyze, timing off, format json) {sql}", params, many, context)
            (found,) = cursor.fetchone()
            plan = Plan(sql)
            plan.read((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])
            plans.append(plan)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield plans
