"""How the stale ratio falls as reviews are completed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from awooop.clock import now
from governance.models import ACTIVE, Dispatch, DispatchStatus
from knowledge.reviews import COMPLETION, RECHECK, REVIEW
from knowledge.selectors.staleness import snapshots, together

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
 where done.project_id = any(%(projects)s) and done.executor_type = '{COMPLETION}'
   and (%(source)s::text is null or done.decision_context ->> 'source_dispatch_id' = %(source)s)
   and (%(outcome)s = '' or done.decision_context ->> 'review_outcome' = %(outcome)s)
   and (%(owner)s = '' or done.owner = %(owner)s)
 order by done.created_at desc, done.id desc
 limit %(limit)s
"""  # noqa: S608


def burn_down(projects: Sequence[str], *, limit: int = LIMIT) -> dict[str, Any]:
    """Answer where the projects stand together, what is left to reach the threshold, and the
    latest completions with what each changed, the newest first."""
    found = together(list(snapshots(projects).values()))
    items = _items(projects, limit)
    measured = [item for item in items if item["stale_count_delta"] is not None]
    latest = measured[0] if measured else {}
    return {
        "schema_version": SCHEMA,
        "burn_down_status": _status(found.total_count, found.is_above),
        "current_snapshot": found.as_dict(),
        "entries_to_threshold": found.entries_to_threshold,
        **_counts(projects),
        "latest_stale_count_delta": latest.get("stale_count_delta"),
        "latest_stale_ratio_delta": latest.get("stale_ratio_delta"),
        "returned": len(items),
        "items": items,
        "generated_at": now(),
        "writes_on_read": False,
        "manual_review_required": True,
    }


def completions(
    projects: Sequence[str], limit: int, *, outcome: str = "", owner: str = ""
) -> list[dict[str, Any]]:
    """Answer the latest completions as `burn_down` lists them: of one outcome, of one owner."""
    return _items(projects, limit, outcome=outcome, owner=owner)


def of_review(project_id: str, dispatch_id: UUID) -> dict[str, Any] | None:
    """Answer the completion of one review as `burn_down` lists it, or None."""
    found = _items([project_id], 1, source=str(dispatch_id))
    return found[0] if found else None


def _status(total: int, is_above: bool) -> str:
    if not total:
        return "no_data"
    return "above_threshold" if is_above else "at_or_below_threshold"


def _counts(projects: Sequence[str]) -> dict[str, int]:
    """Answer how many dispatches of each kind there are; one statement."""
    rows = Dispatch.objects.filter(project_id__in=list(projects))
    review = Q(executor_type=REVIEW)
    return rows.filter(executor_type__in=(REVIEW, COMPLETION, RECHECK)).aggregate(
        pending_owner_reviews=Count("pk", filter=review & Q(dispatch_status__in=ACTIVE)),
        completed_owner_reviews=Count(
            "pk", filter=review & Q(dispatch_status=DispatchStatus.SUCCEEDED)
        ),
        completion_audit_total=Count("pk", filter=Q(executor_type=COMPLETION)),
        stale_ratio_recheck_total=Count("pk", filter=Q(executor_type=RECHECK)),
    )


def _items(
    projects: Sequence[str],
    limit: int,
    source: str | None = None,
    outcome: str = "",
    owner: str = "",
) -> list[dict[str, Any]]:
    given = {"projects": list(projects), "limit": limit, "source": source}
    given |= {"outcome": outcome, "owner": owner}
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, given)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:  # a raw cursor of Django's answers JSON as text
        text = row["stale_ratio_snapshot"]
        row["stale_ratio_snapshot"] = json.loads(text) if text else None
    return rows
