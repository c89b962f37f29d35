"""What the operation log and the legacy tool calls say about a run's incidents, newest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from awooop import together
from awooop.together import Asking, Row
from runs.models import LegacyMcpRecord, RemediationRecord
from runs.selectors.remediation import item_route, legacy_route

LIMIT = 100
LEGACY_VERSION = "awooop_run_legacy_mcp_evidence_v1"
REMEDIATION_VERSION = "awooop_run_remediation_evidence_v1"


def asking_mcp_legacy(project_id: str, incident_ids: Sequence[str]) -> Asking[dict[str, Any]]:
    """Ask for the tool calls outside the gateway, at most `limit`, and what all of them come to."""
    records, summary = yield (
        _newest(LegacyMcpRecord, project_id, incident_ids),
        _all_of(_LEGACY_GROUPS, project_id, incident_ids).then(_legacy_summary),
    )
    for record in records:
        record["route"] = legacy_route(record)
    return {
        "schema_version": LEGACY_VERSION,
        "source": "mcp_audit_log",
        "incident_ids": list(incident_ids),
        "total": summary["total"],
        "limit": LIMIT,
        "records": records,
        "summary": summary,
    }


def asking_remediation_history(
    project_id: str, incident_ids: Sequence[str]
) -> Asking[dict[str, Any]]:
    """Ask for the remediation records, at most `limit`, and all of them by work item."""
    items, (total, by_work_item) = yield (
        _newest(RemediationRecord, project_id, incident_ids),
        _all_of(_WORK_ITEMS, project_id, incident_ids).then(_by_work_item),
    )
    for item in items:
        item["route"] = item_route(item)
    return {
        "schema_version": REMEDIATION_VERSION,
        "source": "alert_operation_log",
        "incident_ids": list(incident_ids),
        "total": total,
        "limit": LIMIT,
        "items": items,
        "by_work_item": by_work_item,
        "errors": [],
    }


def _newest(
    model: type[LegacyMcpRecord | RemediationRecord],
    project_id: str,
    incident_ids: Sequence[str],
) -> together.Read:
    params = {"project_id": project_id, "incident_ids": list(incident_ids), "limit": LIMIT}
    return together.rows_of(model, _NEWEST.format(table=model._meta.db_table), params)


def _all_of(statement: str, project_id: str, incident_ids: Sequence[str]) -> together.Read:
    params = {"project_id": project_id, "incident_ids": list(incident_ids)}
    return together.tuples(statement, params)


def _legacy_summary(rows: Sequence[Row]) -> dict[str, Any]:
    by_success: Counter[Any] = Counter()
    groups: dict[str, Counter[str]] = {
        name: Counter() for name in ("by_server", "by_tool", "by_agent_role")
    }
    for server, tool, role, success, count, _latest_at in rows:
        by_success[success] += count
        named = {"by_server": server, "by_tool": f"{server}.{tool}", "by_agent_role": role}
        for name, value in named.items():
            groups[name][value or "unknown"] += count
    return {
        "total": by_success.total(),
        "success": by_success[True],
        "failed": by_success[False],
        "unknown": by_success[None],
        "latest_at": max((row[5] for row in rows), default=None),
        **{name: dict(counter.most_common()) for name, counter in groups.items()},
    }


def _by_work_item(rows: Sequence[Row]) -> tuple[int, list[dict[str, Any]]]:
    total, groups = 0, []
    for row in rows:
        work_item_id, incident_id, count, latest_at, preview, mode, *route = row
        total += count
        if work_item_id:
            latest = dict(zip(("agent_id", "tool_name", "required_scope"), route, strict=True))
            groups.append(
                {
                    "work_item_id": work_item_id,
                    "incident_id": incident_id,
                    "count": count,
                    "latest_at": latest_at,
                    "latest_preview": preview or None,
                    "latest_mode": mode,
                    "latest_route": item_route(latest),
                }
            )
    groups.sort(key=lambda group: group["latest_at"], reverse=True)
    return total, groups


_OF_INCIDENTS = "where project_id = %(project_id)s and incident_id = any(%(incident_ids)s)"
_NEWEST = """
select newest.* from unnest(%(incident_ids)s::text[]) as wanted(incident_id)
 cross join lateral (
   select * from {table} row
    where row.project_id = %(project_id)s and row.incident_id = wanted.incident_id
    order by row.created_at desc, row.id desc limit %(limit)s) newest
 order by newest.created_at desc, newest.id desc limit %(limit)s
"""
_LEGACY_GROUPS = f"""
select mcp_server, tool_name, agent_role, success, count(*), max(created_at)
  from runs_legacymcprecord {_OF_INCIDENTS} group by 1, 2, 3, 4
"""  # noqa: S608
_WORK_ITEMS = f"""
select distinct on (work_item_id, incident_id) work_item_id, incident_id,
       count(*) over (partition by work_item_id, incident_id), created_at,
       verification_result_preview, mode, agent_id, tool_name, required_scope
  from runs_remediationrecord {_OF_INCIDENTS}
 order by work_item_id, incident_id, created_at desc, id desc
"""  # noqa: S608
