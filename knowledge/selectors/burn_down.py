"""How the stale ratio falls as reviews are completed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from awooop.clock import now
from governance.models import ACTIVE, Dispatch, DispatchStatus
from knowledge.reviews import COMPLETION, RECHECK, REVIEW
from knowledge.selectors.staleness import snapshot

SCHEMA = "km_stale_owner_review_burndown_v1"
LIMIT, MOST = 50, 200
# Each completion with the recheck that it asked for.
_ITEMS = f"""
select done.id as completion_dispatch_id, done.governance_event_id,
       done.decision_context ->> 'source_dispatch_id' as source_dispatch_id,
       recheck.id as recheck_dispatch_id,
       done.decision_context ->> 'entry_id' as entry_id, done.project_id,
       coalesce(recheck.dispatch_status, done.dispatch_status) as dispatch_status,
       coalesce(recheck.workflow_stage, done.workflow_stage) as workflow_stage,
       done.decision_context ->> 'review_outcome' as review_outcome, done.owner,
       done.completed_at, recheck.decision_context -> 'stale_ratio_snapshot'
         as stale_ratio_snapshot,
       (recheck.decision_context ->> 'stale_count_delta')::int as stale_count_delta,
       (recheck.decision_context ->> 'stale_ratio_delta')::float as stale_ratio_delta,
       (recheck.decision_context ->> 'above_threshold')::bool as above_threshold
  from governance_dispatch done
  left join lateral (
    select next.* from governance_dispatch next
     where next.governance_event_id = done.governance_event_id
       and next.executor_type = '{RECHECK}'
       and next.decision_context ->> 'source_dispatch_id' = done.id::text
     order by next.created_at desc limit 1) recheck on true
 where done.project_id = %(project)s and done.executor_type = '{COMPLETION}'
 order by done.created_at desc, done.id desc
 limit %(limit)s
"""  # noqa: S608


def burn_down(project_id: str, *, limit: int = LIMIT) -> dict[str, Any]:
    """Answer where a project stands, what is left to reach the threshold, and the latest
    completions with what each changed, the newest first."""
    found = snapshot(project_id)
    items = _items(project_id, limit)
    measured = [item for item in items if item["stale_count_delta"] is not None]
    latest = measured[0] if measured else {}
    return {
        "schema_version": SCHEMA,
        "project_id": project_id,
        "burn_down_status": _status(found.total_count, found.is_above),
        "current_snapshot": found.as_dict(),
        "entries_to_threshold": found.entries_to_threshold,
        **_counts(project_id),
        "latest_stale_count_delta": latest.get("stale_count_delta"),
        "latest_stale_ratio_delta": latest.get("stale_ratio_delta"),
        "returned": len(items),
        "items": items,
        "generated_at": now(),
        "writes_on_read": False,
        "manual_review_required": True,
    }


def _status(total: int, is_above: bool) -> str:
    if not total:
        return "no_data"
    return "above_threshold" if is_above else "at_or_below_threshold"


def _counts(project_id: str) -> dict[str, int]:
    def count(executor_type: str, statuses: Sequence[str] | None = None) -> int:
        rows = Dispatch.objects.filter(project_id=project_id, executor_type=executor_type)
        return (rows.filter(dispatch_status__in=statuses) if statuses else rows).count()

    return {
        "pending_owner_reviews": count(REVIEW, ACTIVE),
        "completed_owner_reviews": count(REVIEW, [DispatchStatus.SUCCEEDED]),
        "completion_audit_total": count(COMPLETION),
        "stale_ratio_recheck_total": count(RECHECK),
    }


def _items(project_id: str, limit: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, {"project": project_id, "limit": limit})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:  # a raw cursor of Django's answers JSON as text
        text = row["stale_ratio_snapshot"]
        row["stale_ratio_snapshot"] = json.loads(text) if text else None
    return rows
