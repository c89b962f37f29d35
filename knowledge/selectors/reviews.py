"""Owner reviews: the inbox, and the completion queue with what is ready and what is blocked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from awooop import paging, together
from awooop.clock import now
from governance.models import ACTIVE, Dispatch
from knowledge.models import KnowledgeEntry
from knowledge.priorities import ACTION_SQL, DAYS_SQL, SCORE_SQL, reasons_of, tier_sql, ties_of
from knowledge.reviews import REVIEW

LIMIT, MOST = 50, 200
BUCKETS = ("ready", "blocked", "completed", "failed")
PENDING = ("ready", "blocked")
_UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
# What an entry is recommended to become; a fresher entry about the same alert takes its place.
_OUTCOME = f"""case
  when entry.entry_id is null then null
  when exists (
    select 1 from knowledge_knowledgeentry other
     where entry.alertname <> '' and other.project_id = entry.project_id
       and other.alertname <> '' and other.alertname = entry.alertname
       and other.entry_id <> entry.entry_id
       and other.status = 'approved' and other.updated_at > entry.updated_at)
    then 'supersede'
  when {ACTION_SQL} = 'archive_or_supersede' then 'archive'
  else 'refresh_with_evidence' end"""  # noqa: S608
# The same order of blockers as `readiness.blockers_of`, which a completion asks under a lock.
_BLOCKERS = """array_remove(array[
    case when entry.entry_id is null then 'entry_missing' end,
    case when entry.status = 'archived' then 'entry_archived'
         when entry.updated_at > dispatch.created_at then 'refreshed_since_queued' end,
    case when entry.entry_id is not null and dispatch.owner = '' and entry.owner = ''
         then 'no_owner' end], null)"""
# The subject as an id is worked out first, apart: a cast is not leakproof, so the policy would keep
# a join by it from the entries' key, and each entry of the project would be read.
_REVIEWS = f"""
with dispatch as materialized (
  select given.*, case when given.subject ~ '{_UUID}' then given.subject::uuid end as about
    from governance_dispatch given
   where given.project_id = any(%(projects)s) and given.executor_type = '{REVIEW}'
     and given.dispatch_status = any(%(statuses)s)
)
select dispatch.id as dispatch_id, dispatch.governance_event_id, dispatch.project_id,
       dispatch.subject, dispatch.dispatch_status, dispatch.workflow_stage, dispatch.next_action,
       dispatch.owner, dispatch.operator_note as owner_note, dispatch.decision_context as context,
       dispatch.created_at as queued_at, dispatch.started_at, dispatch.completed_at,
       entry.entry_id, entry.title, entry.updated_at, entry.status as entry_status,
       entry.view_count, entry.related_incident_id, entry.related_playbook_id,
       entry.related_approval_id, entry.owner as entry_owner,
       {DAYS_SQL} as stale_days, {SCORE_SQL} as priority_score,
       {ACTION_SQL} as recommended_action, {_OUTCOME} as recommended_completion_outcome,
       case when dispatch.dispatch_status in ('pending', 'dispatched', 'executing')
            then {_BLOCKERS} else '{{}}'::text[] end as blockers
  from dispatch
  left join knowledge_knowledgeentry entry
    on entry.entry_id = dispatch.about and entry.project_id = dispatch.project_id
"""  # noqa: S608
_TIERED = f"""
select review.*, {tier_sql("review.priority_score")} as priority_tier,
       case when review.dispatch_status = 'succeeded' then 'completed'
            when review.dispatch_status = 'failed' then 'failed'
            when cardinality(review.blockers) > 0 then 'blocked'
            else 'ready' end as readiness
  from ({_REVIEWS}) review
"""  # noqa: S608
_CHOSEN = f"""
select tiered.* from ({_TIERED}) tiered
 where (%(tiers)s::text[] is null or tiered.priority_tier = any(%(tiers)s))
   and (%(outcome)s::text is null or tiered.recommended_completion_outcome = %(outcome)s)
   and (%(batch)s::text is null or tiered.context ->> 'batch_governance_event_id' = %(batch)s)
   and (%(can_preview)s::bool is null or (tiered.readiness = 'ready') = %(can_preview)s)
"""  # noqa: S608
_COUNTS = f"select readiness, count(*) from ({_CHOSEN}) counted group by readiness"  # noqa: S608
_PROJECT_COUNTS = f"""
select project_id, readiness, count(*) from ({_CHOSEN}) counted group by 1, 2
"""  # noqa: S608
_OF_INCIDENTS = f"""
select numbered.* from (
  select chosen.*,
         count(*) over (partition by chosen.project_id, chosen.related_incident_id) as of_incident,
         row_number() over (
           partition by chosen.project_id, chosen.related_incident_id
           order by chosen.priority_score desc nulls last, chosen.updated_at, chosen.dispatch_id
         ) as place
    from ({_CHOSEN}) chosen where chosen.related_incident_id = any(%(incidents)s)) numbered
 where numbered.place <= %(limit)s
 order by numbered.project_id, numbered.related_incident_id, numbered.place
"""  # noqa: S608
# All are looked at for the order: their counts come with the first rows.
_ROWS = f"""
select counted.* from (
  select chosen.*,
         count(*) filter (where chosen.readiness = 'ready') over () as n_ready,
         count(*) filter (where chosen.readiness = 'blocked') over () as n_blocked,
         count(*) filter (where chosen.readiness = 'completed') over () as n_completed,
         count(*) filter (where chosen.readiness = 'failed') over () as n_failed
    from ({_CHOSEN}) chosen) counted
 where (%(bucket)s::text[] is null or counted.readiness = any(%(bucket)s))
 order by counted.priority_score desc nulls last, counted.updated_at, counted.dispatch_id
 limit %(limit)s
"""  # noqa: S608
_OPEN = ("pending", "dispatched", "executing")
LISTED = (*_OPEN, "succeeded", "failed")
Row = dict[str, Any]


def inbox(
    projects: Sequence[str], *, dispatch_status: str | None = None, limit: int = LIMIT
) -> dict[str, Any]:
    """Answer `{total, items}`: the reviews that wait for their owners, or those of one status; the
    most urgent first."""
    statuses = (dispatch_status,) if dispatch_status else _OPEN
    given = _given(projects, statuses=statuses, limit=limit)
    items, counts = _listed(given)
    return {"total": sum(counts.values()), "items": items}


def completion_queue(
    projects: Sequence[str],
    *,
    bucket: str | None = None,
    tiers: Sequence[str] | None = None,
    outcome: str | None = None,
    batch: UUID | None = None,
    can_preview: bool | None = None,
    limit: int = LIMIT,
) -> dict[str, Any]:
    """Answer `{total, counts, items}`; `counts` by bucket are over the filters, without `bucket`.

    `bucket` is `ready`, `blocked`, `completed`, `failed`, or `pending` for the first two.
    """
    given = _given(
        projects,
        tiers=list(tiers) if tiers else None,
        outcome=outcome,
        batch=str(batch) if batch else None,
        can_preview=can_preview,
        bucket=_buckets(bucket),
        limit=limit,
    )
    items, counts = _listed(given)
    wanted = given["bucket"] or list(BUCKETS)
    total = sum(counts.get(name, 0) for name in wanted)
    return {"total": total, "counts": counts, "items": [_readiness(row) for row in items]}


def one(projects: Sequence[str], dispatch_id: UUID) -> Row | None:
    """Answer one review as the completion queue lists it, or None."""
    given = _given(projects, limit=1) | {"dispatch": dispatch_id}
    with connection.cursor() as cursor:
        cursor.execute(f"{_CHOSEN} and tiered.dispatch_id = %(dispatch)s", given)
        found = _fetched(cursor)
    return _readiness(found[0]) if found else None


def count_waiting(projects: Sequence[str]) -> int:
    """Answer how many reviews wait for their owners: one statement."""
    return together.read(number_waiting(projects))[0]


def number_waiting(projects: Sequence[str]) -> together.Read:
    """Ask what `count_waiting` answers."""
    rows = Dispatch.objects.filter(executor_type=REVIEW, dispatch_status__in=ACTIVE)
    return together.count(paging.restrict(rows, projects))


def counts(projects: Sequence[str]) -> together.Read:
    """Ask how many reviews each bucket of the completion queue has."""
    return together.tuples(_COUNTS, _given(projects)).then(dict)


def latest_of(entry: KnowledgeEntry) -> Dispatch | None:
    """Answer the newest review of an entry, whatever became of it."""
    rows = Dispatch.objects.filter(
        project_id=entry.project_id, subject=str(entry.pk), executor_type=REVIEW
    )
    return rows.order_by("-created_at", "-id").first()


def counts_by_project(projects: Sequence[str]) -> dict[str, dict[str, int]]:
    """Answer how many reviews of each bucket the queue of each project has; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_PROJECT_COUNTS, _given(projects))
        found: dict[str, dict[str, int]] = {}
        for project_id, readiness, count in cursor.fetchall():
            found.setdefault(project_id, {})[readiness] = count
    return found


def of_incidents(projects: Sequence[str], incidents: Sequence[str], *, limit: int) -> list[Row]:
    """Answer the first reviews about each incident, as the completion queue lists them; each has
    `of_incident`: how many are about it in all. One statement."""
    given = _given(projects, limit=limit) | {"incidents": list(incidents)}
    with connection.cursor() as cursor:
        cursor.execute(_OF_INCIDENTS, given)
        return [_readiness(row) for row in _fetched(cursor)]


def _buckets(bucket: str | None) -> list[str] | None:
    if bucket is None:
        return None
    return list(PENDING) if bucket == "pending" else [bucket]


def _given(projects: Sequence[str], **values: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("tiers", "outcome", "batch", "can_preview", "bucket"))
    given = {"projects": list(projects), "at": now(), "statuses": LISTED, **nothing, **values}
    return {**given, "statuses": list(given["statuses"])}


def _counts(given: dict[str, Any]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, given)
        return dict(cursor.fetchall())


def _listed(given: dict[str, Any]) -> tuple[list[Row], dict[str, int]]:
    """Answer the rows, and how many there are of each bucket: one statement, two for no rows."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, given)
        rows = _fetched(cursor)
    if not rows:
        return [], _counts(given)
    found = [{name: row.pop(f"n_{name}") for name in BUCKETS} for row in rows]
    return rows, {name: count for name, count in found[0].items() if count}


def _fetched(cursor: Any) -> list[Row]:
    names = [column.name for column in cursor.description]
    return [_described(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _described(row: Row) -> Row:
    """Answer a row as the inbox has it; of an entry that is gone, what it was queued on."""
    context = json.loads(row.pop("context"))  # a raw cursor of Django's answers JSON as text
    is_there = row["entry_id"] is not None
    row["entry_id"] = row["entry_id"] or row["subject"]
    if not is_there:
        for name in ("priority_score", "priority_tier", "recommended_action"):
            row[name] = context.get(name)
    return {
        **row,
        "owner": row["owner"] or row["entry_owner"] or "",
        "batch_governance_event_id": context.get("batch_governance_event_id"),
        "batch_dispatch_id": context.get("batch_dispatch_id"),
        "dry_run_plan_fingerprint": context.get("dry_run_plan_fingerprint"),
        "review_outcome": context.get("review_outcome"),
        "reasons": reasons_of(row) if is_there else [],
        "correlation_sources": ties_of(row) if is_there else [],
    }


_NEEDED = {
    "refresh_with_evidence": ["owner", "owner_approved", "updated_content", "owner_note"],
    "archive": ["owner", "owner_approved", "owner_note"],
    "supersede": ["owner", "owner_approved", "superseded_by_entry_id"],
}


def _readiness(row: Row) -> Row:
    is_ready = row["readiness"] == "ready"
    return {
        **row,
        "required_owner_fields": _NEEDED.get(row["recommended_completion_outcome"], []),
        "can_preview": is_ready,
        "can_confirm_after_preview": is_ready,
        "writes_km_on_confirm": is_ready,
    }
