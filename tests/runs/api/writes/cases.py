"""Every write of the API with a body that it takes, for tests that hold for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

from django.db import connection

from awooop import tenancy
from tests import factories

# Who calls is noted on the key itself; sequences and sessions are no one's data.
_NOT_DATA = ("awooop_apikey", "awooop_session", "django_migrations")


@dataclass
class World:
    """A project with a run that its worker holds, one that waits, an incident, and keys."""

    key: str
    run: Any
    waiting: Any
    incident: Any
    playbook: Any
    api: factories.ApiClient = field(init=False)

    def __post_init__(self) -> None:
        self.api = factories.ApiClient(self.key)


@dataclass(frozen=True)
class Case:
    """One write: where, with what, by which scope, and whether a list may come."""

    path: Callable[[World], str]
    body: dict[str, Any]
    scope: str = "ingest"
    takes_list: bool = False
    is_bound: bool = True  # the path names something of the project
    status: int = 200
    own_keys: tuple[str, ...] = ()


def _of_run(tail: str) -> Callable[[World], str]:
    return lambda world: f"/platform/runs/{world.run.run_id}/{tail}"


def _of_incident(tail: str) -> Callable[[World], str]:
    return lambda world: f"/platform/incidents/{world.incident.incident_id}/{tail}"


def _at(path: str) -> Callable[[World], str]:
    return lambda _: path


LISTS: dict[str, Case] = {
    "steps": Case(_of_run("steps"), {"step_seq": 1, "tool_name": "kubectl.get"},
                  takes_list=True, status=201),
    "mcp-calls": Case(_of_run("mcp-calls"), {"tool_name": "k8s.get", "result_status": "success"},
                      takes_list=True, status=201),
    "messages": Case(_of_run("messages"), {"message_type": "interim", "content": "Looking"},
                     takes_list=True, status=201),
    "channel-events": Case(_at("/platform/channel-events"),
                           {"channel_type": "telegram", "provider_event_id": "u1"},
                           takes_list=True, is_bound=False, status=201),
    "incidents": Case(_at("/platform/incidents"), {"title": "Disk full"},
                      takes_list=True, is_bound=False, status=201),
    "executions": Case(_of_incident("executions"), {"success": True}, takes_list=True, status=201),
    "evidence": Case(_of_incident("evidence"), {"verification_result": "success"},
                     takes_list=True, status=201),
    "remediations": Case(_of_incident("remediations"), {"mode": "dry_run"},
                         takes_list=True, status=201),
    "legacy-records": Case(_at("/platform/mcp/legacy-records"),
                           {"mcp_server": "k8s", "tool_name": "get_pods"},
                           takes_list=True, is_bound=False, status=201),
}  # fmt: skip
SINGLES: dict[str, Case] = {
    "runs": Case(_at("/platform/runs"), {"agent_id": "sre-agent"}, is_bound=False, status=201),
    "claim": Case(_at("/platform/runs/claim"), {"agent_id": "idle-agent", "worker_id": "w1"},
                  is_bound=False, status=204),
    "heartbeat": Case(_of_run("heartbeat"), {"worker_id": "w1"}),
    "transition": Case(_of_run("transition"), {"state": "completed"}),
    "cancel": Case(_of_run("cancel"), {"reason": "No longer needed"}),
    "approval-requests": Case(
        _of_run("approval-requests"),
        {"tool_name": "kubectl.delete", "suggested_action": "Delete the pod", "risk_level": "high"},
        status=201,
    ),
    "resolve": Case(_of_incident("resolve"), {"resolution_type": "manual"}),
    "decide": Case(lambda world: f"/platform/approvals/{world.waiting.run_id}/decide",
                   {"decision": "reject", "reason": "Too risky"}, scope="decide"),
    "extend": Case(lambda world: f"/platform/approvals/{world.waiting.pk}/extend",
                   {"seconds": 600, "reason": "On the way"}, scope="decide"),
}  # fmt: skip
ALL = {**LISTS, **SINGLES}


def rows(name: str, count: int, start: int = 1) -> list[dict[str, Any]]:
    """Answer `count` different rows for a list endpoint."""
    body = LISTS[name].body
    numbered = {"steps": "step_seq", "channel-events": "provider_event_id"}.get(name)
    if numbered is None:
        return [dict(body) for _ in range(count)]
    values = range(start, start + count)
    return [{**body, numbered: n if name == "steps" else f"u{n}"} for n in values]


def own_key(name: str) -> str:
    """Answer the field by which a row of a list endpoint is known again."""
    return {
        "mcp-calls": "call_id",
        "messages": "message_id",
        "channel-events": "event_id",
        "incidents": "incident_id",
        "steps": "step_id",
    }.get(name, "id")


def fresh_key(name: str) -> str:
    """Answer a value for `own_key` that no row has."""
    if name == "incidents":
        return f"INC-20261120-{uuid4().hex[:10].upper()}"
    return str(uuid4())


def everything() -> dict[str, tuple[int, str | None]]:
    """Answer a fingerprint of every table of every project, to see that nothing was written."""
    with tenancy.all_projects(), connection.cursor() as cursor:
        cursor.execute(_all_fingerprints())
        return {table: (count, text) for table, count, text in cursor.fetchall()}


@cache
def _all_fingerprints() -> str:
    """Answer one statement for all tables."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    return " union all ".join(
        f"select '{table}', count(*), md5(string_agg(t::text, chr(10) order by t::text))"
        f' from "{table}" t'
        for table in tables
        if table not in _NOT_DATA
    )
