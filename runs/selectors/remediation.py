"""What the records say about each run's remediation, for many runs at once in two statements.

An incident may belong to several runs, so the records are summed up once per incident, by the
database, and the incidents' sums are put together per run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from awooop import together
from awooop.together import Asking
from runs.models import RemediationMode, RemediationStatus, Run, RunState
from runs.selectors.runs import links_of

SCHEMA_VERSION = "awooop_run_remediation_summary_v1"
UNKNOWN_ROUTE = "--"
Key = tuple[str, str]  # project and incident


class RemediationSummary(TypedDict):
    """The summary of one run; `None` is unknown, and never the same as `False`."""

    schema_version: str
    source: str
    incident_ids: list[str]
    total: int
    evidence_total: int
    status: str
    has_dry_run: bool
    has_mcp_investigation: bool
    is_read_only: bool | None
    human_gate_open: bool
    latest_at: datetime | None
    latest_preview: str | None
    latest_mode: str | None
    latest_route: str
    latest_agent_id: str | None
    latest_tool_name: str | None
    latest_required_scope: str | None
    writes_incident_state: bool | None
    writes_auto_repair_result: bool | None
    mcp_observation_total: int
    mcp_observation_success: int
    mcp_observation_failed: int
    latest_mcp_server: str | None
    errors: list[str]


@dataclass
class Facts:
    """Records of one incident, or of several put together; `latest_*` are rows as dicts."""

    total: int = 0
    dry_runs: int = 0
    latest: dict[str, Any] | None = None
    legacy_total: int = 0
    legacy_success: int = 0
    legacy_failed: int = 0
    legacy_latest: dict[str, Any] | None = None

    def add(self, other: Facts) -> None:
        """Put another incident's facts to these."""
        for name in ("total", "dry_runs", "legacy_total", "legacy_success", "legacy_failed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.latest = _newer(self.latest, other.latest)
        self.legacy_latest = _newer(self.legacy_latest, other.legacy_latest)


def summaries(runs: Sequence[Run]) -> dict[UUID, RemediationSummary]:
    """Answer the summary of each run."""
    return together.answer(asking(runs))


def asking(
    runs: Sequence[Run], incidents: Mapping[UUID, list[str]] | None = None
) -> Asking[dict[UUID, RemediationSummary]]:
    """Ask what `summaries` answers; the runs' incidents are read where they are not given."""
    if incidents is None:
        (incidents,) = yield (links_of(runs),)
    keys = {(run.project_id, ident) for run in runs for ident in incidents[run.run_id]}
    facts = yield from _asking_facts(sorted(keys))
    return {run.run_id: _summary(run, incidents[run.run_id], facts) for run in runs}


def _asking_facts(keys: Sequence[Key]) -> Asking[dict[Key, Facts]]:
    """Ask what the records of each incident come to; an incident without any is left out."""
    found: dict[Key, Facts] = {}
    if not keys:
        return found
    wanted = [list(column) for column in zip(*keys, strict=True)]
    items, legacy = yield together.dicts(_ITEMS, wanted), together.dicts(_LEGACY, wanted)
    for row in items:
        facts = found.setdefault((row.pop("project_id"), row.pop("incident_id")), Facts())
        facts.total, facts.dry_runs = row.pop("total"), row.pop("dry_runs")
        facts.latest = row
    for row in legacy:
        facts = found.setdefault((row.pop("project_id"), row.pop("incident_id")), Facts())
        facts.legacy_total = row.pop("total")
        facts.legacy_success, facts.legacy_failed = row.pop("succeeded"), row.pop("failed")
        facts.legacy_latest = row
    return found


def status_of(latest: dict[str, Any] | None, legacy_total: int) -> str:
    """Answer the status that the latest item and the legacy records make.

    The same rule as `runs.actions.remediation.STATUS_SQL`, which keeps the runs' column; a test
    holds the two together.
    """
    if latest is None:
        has_legacy = legacy_total > 0
        return RemediationStatus.MCP_OBSERVED if has_legacy else RemediationStatus.NO_EVIDENCE
    if latest["success"] is False or latest["allowed"] is False:
        return RemediationStatus.BLOCKED
    if latest["writes_incident_state"] or latest["writes_auto_repair_result"]:
        return RemediationStatus.WRITE_OBSERVED
    if is_read_only(latest):
        return RemediationStatus.READ_ONLY_DRY_RUN
    return RemediationStatus.OBSERVED


def is_read_only(item: dict[str, Any]) -> bool | None:
    """Answer whether an item only read: by its scope and by what it wrote; None where unknown."""
    wrote = [item["writes_incident_state"], item["writes_auto_repair_result"]]
    if item["required_scope"] == "write" or True in wrote:
        return False
    if item["required_scope"] == "read" and wrote == [False, False]:
        return True
    return None


def route(*parts: str | None) -> str:
    """Answer `agent/tool/scope`: an unknown part is `--`, and so is the whole where all are."""
    if not any(parts):
        return UNKNOWN_ROUTE
    return "/".join(part or UNKNOWN_ROUTE for part in parts)


def item_route(item: dict[str, Any]) -> str:
    """Answer the route of a remediation record."""
    return route(item["agent_id"], item["tool_name"], item["required_scope"])


def legacy_route(record: dict[str, Any]) -> str:
    """Answer the route of a legacy record: `role/server.tool/read`."""
    return route(record["agent_role"], f"{record['mcp_server']}.{record['tool_name']}", "read")


def _summary(run: Run, incidents: list[str], by_key: dict[Key, Facts]) -> RemediationSummary:
    facts = Facts()
    for ident in incidents:
        facts.add(by_key.get((run.project_id, ident), Facts()))
    legacy = facts.legacy_latest
    return {
        "schema_version": SCHEMA_VERSION,
        "source": _source(facts),
        "incident_ids": incidents,
        "total": facts.total,
        "evidence_total": facts.total + facts.legacy_total,
        "status": status_of(facts.latest, facts.legacy_total),
        "has_dry_run": facts.dry_runs > 0,
        "has_mcp_investigation": facts.legacy_total > 0,
        "human_gate_open": run.state == RunState.WAITING_APPROVAL,
        "mcp_observation_total": facts.legacy_total,
        "mcp_observation_success": facts.legacy_success,
        "mcp_observation_failed": facts.legacy_failed,
        "latest_mcp_server": legacy["mcp_server"] if legacy else None,
        "errors": [],
        **_latest(facts),
    }


def _source(facts: Facts) -> str:
    if facts.total:
        return "alert_operation_log"
    return "mcp_audit_log" if facts.legacy_total else "none"


def _latest(facts: Facts) -> dict[str, Any]:
    if facts.latest is not None:
        return _of_item(facts.latest)
    if facts.legacy_latest is not None:
        return _of_legacy(facts.legacy_latest)
    return _NOTHING


def _of_item(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "is_read_only": is_read_only(item),
        "latest_at": item["created_at"],
        "latest_preview": item["verification_result_preview"] or None,
        "latest_mode": item["mode"],
        "latest_route": item_route(item),
        "latest_agent_id": item["agent_id"] or None,
        "latest_tool_name": item["tool_name"] or None,
        "latest_required_scope": item["required_scope"],
        "writes_incident_state": item["writes_incident_state"],
        "writes_auto_repair_result": item["writes_auto_repair_result"],
    }


def _of_legacy(record: dict[str, Any]) -> dict[str, Any]:
    return {
        **_NOTHING,
        "is_read_only": True,
        "latest_at": record["created_at"],
        "latest_preview": record["error_message"] or None,
        "latest_route": legacy_route(record),
        "latest_agent_id": record["agent_role"] or None,
        "latest_tool_name": record["tool_name"],
        "latest_required_scope": "read",
    }


_NOTHING: dict[str, Any] = {
    "is_read_only": None,
    "latest_at": None,
    "latest_preview": None,
    "latest_mode": None,
    "latest_route": UNKNOWN_ROUTE,
    "latest_agent_id": None,
    "latest_tool_name": None,
    "latest_required_scope": None,
    "writes_incident_state": None,
    "writes_auto_repair_result": None,
}


def _newer(one: dict[str, Any] | None, other: dict[str, Any] | None) -> dict[str, Any] | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda row: (row["created_at"], row["id"]))


# Each incident's records by one index look-up.
_PER_INCIDENT = """
select wanted.project_id, wanted.incident_id, sums.*, latest.*
  from unnest(%s::text[], %s::text[]) as wanted(project_id, incident_id)
 cross join lateral (
   select {sums} from {table} row
    where row.project_id = wanted.project_id and row.incident_id = wanted.incident_id) sums
 cross join lateral (
   select {columns} from {table} row
    where row.project_id = wanted.project_id and row.incident_id = wanted.incident_id
    order by row.created_at desc, row.id desc limit 1) latest
"""
_ITEMS = _PER_INCIDENT.format(
    table="runs_remediationrecord",
    sums="count(*) as total, "
    f"count(*) filter (where mode = '{RemediationMode.DRY_RUN}') as dry_runs",
    columns="id, created_at, mode, agent_id, tool_name, required_scope, allowed, success, "
    "verification_result_preview, writes_incident_state, writes_auto_repair_result",
)
_LEGACY = _PER_INCIDENT.format(
    table="runs_legacymcprecord",
    sums="count(*) as total, count(*) filter (where success) as succeeded, "
    "count(*) filter (where not success) as failed",
    columns="id, created_at, mcp_server, tool_name, agent_role, error_message",
)
