"""The stale entries of a project, the most urgent first, with the review that each is in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from awooop.clock import now
from governance import thresholds
from knowledge.priorities import ACTION_SQL, DAYS_SQL, SCORE_SQL, reasons_of, tier_sql, ties_of
from knowledge.reviews import REVIEW
from knowledge.selectors.staleness import DAYS

LIMIT, MOST = 50, 200
# From which moment each project's entries are stale is given, not reckoned here: arithmetic is not
# leakproof, so the policy would keep it from the index.
_SCORED = f"""
select entry.entry_id, entry.project_id, entry.updated_at, entry.view_count,
       entry.related_incident_id, entry.related_playbook_id, entry.related_approval_id,
       {DAYS_SQL} as stale_days, {SCORE_SQL} as priority_score, {ACTION_SQL} as recommended_action
  from unnest(%(projects)s::text[], %(before)s::timestamptz[]) as wanted(project_id, before)
  join knowledge_knowledgeentry entry
    on entry.project_id = wanted.project_id and entry.status <> 'archived'
   and entry.updated_at < wanted.before
"""  # noqa: S608
_TIERED = f"""
select scored.*, {tier_sql("scored.priority_score")} as priority_tier from ({_SCORED}) scored
"""  # noqa: S608
_MATCHING = f"""
select tiered.* from ({_TIERED}) tiered
 where (%(tiers)s::text[] is null or tiered.priority_tier = any(%(tiers)s))
   and (%(action)s::text is null or tiered.recommended_action = %(action)s)
   and (%(ids)s::uuid[] is null or tiered.entry_id = any(%(ids)s))
"""  # noqa: S608
_CHOSEN = f"""{_MATCHING}
 order by tiered.priority_score desc, tiered.updated_at, tiered.entry_id"""
# The ones of the page get their wide columns, and the newest open review of each.
_PAGE = f"""
select chosen.*, entry.title, entry.entry_type, entry.category, entry.status, entry.source,
       entry.tags, entry.owner, entry.version,
       review.id as owner_review_dispatch_id, review.dispatch_status as owner_review_status,
       review.workflow_stage as owner_review_stage, review.next_action as owner_review_next_action
  from ({_CHOSEN} limit %(limit)s) chosen
  join knowledge_knowledgeentry entry using (entry_id)
  left join lateral (
    select dispatch.* from governance_dispatch dispatch
     where dispatch.project_id = chosen.project_id and dispatch.subject <> ''
       and dispatch.subject = chosen.entry_id::text and dispatch.executor_type = '{REVIEW}'
     order by dispatch.created_at desc, dispatch.id desc limit 1) review on true
 order by chosen.priority_score desc, chosen.updated_at, chosen.entry_id
"""  # noqa: S608
_TOTAL = f"select count(*) from ({_MATCHING}) counted"  # noqa: S608
Row = dict[str, Any]


def candidates(
    projects: Sequence[str],
    *,
    tiers: Sequence[str] | None = None,
    recommended_action: str | None = None,
    limit: int = LIMIT,
) -> dict[str, Any]:
    """Answer `{total_stale, threshold_days, items}`: the most urgent `limit` of what is asked for.

    Ties are broken by age, then by id. `threshold_days` is the shortest of the projects' own.
    """
    given = _given(projects, tiers, recommended_action, None)
    with connection.cursor() as cursor:
        cursor.execute(_TOTAL, given)
        (total,) = cursor.fetchone()
    items = _rows({**given, "limit": limit}) if total else []
    return {
        "total_stale": total,
        "threshold_days": int(min(given["days"], default=0)),
        "items": items,
    }


def of_entries(project_id: str, entry_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Answer those of these entries that are stale, by id, as `candidates` lists them."""
    given = _given([project_id], None, None, list(entry_ids))
    return {row["entry_id"]: row for row in _rows({**given, "limit": len(entry_ids)})}


def _given(
    projects: Sequence[str],
    tiers: Sequence[str] | None,
    action: str | None,
    ids: list[UUID] | None,
) -> dict[str, Any]:
    at, days = now(), thresholds.read(projects).values(projects, DAYS)
    return {
        "projects": list(projects),
        "at": at,
        "days": days,
        "before": [at - timedelta(days=float(each)) for each in days],
        "tiers": list(tiers) if tiers else None,
        "action": action or None,
        "ids": ids,
    }


def _rows(given: dict[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, given)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [described(row) for row in rows]


def described(row: Row) -> Row:
    """Answer a row with its reasons and ties."""
    return {**row, "reasons": reasons_of(row), "correlation_sources": ties_of(row)}
