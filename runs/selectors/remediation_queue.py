"""What verification found wrong and nothing has mended since: each with exactly one action.

The rule stands in `_ACTION`, so that counting and listing are one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from awooop import paging, together
from awooop.clock import now
from awooop.together import Asking
from runs.models import RemediationRecord

NEWEST = paging.Ordering("remediation_queue.newest", ("created_at", "id"))
PREFIX = "adr100:"
DAYS = timedelta(days=30)
LIMIT = 50
COUNT_AT_MOST = 1_000
MOST_ATTEMPTS = 2
ENOUGH_TRUST = "0.5"
RECURRENCES = 3
FOR_AI = frozenset({"reverify", "replay"})
# An incident that comes back three times a day is for a person, whatever else is known of it. What
# has lasted longer than a day recurs that often on its average.
_ACTION = f"""
case
  when incident.recurrence_count >= {RECURRENCES} * greatest(1,
       extract(epoch from incident.last_seen_at - incident.opened_at) / 86400)
    then 'manual_review'
  when bad.verification_result in ('timeout', 'degraded') then 'reverify'
  when playbook.playbook_id is null then 'manual_review'
  when playbook.status = 'approved' and playbook.trust_score >= {ENOUGH_TRUST}
       and attempts.made < {MOST_ATTEMPTS} then 'replay'
  else 'ticket'
end
"""
_ITEMS = f"""
select bad.id, bad.project_id, bad.incident_id, bad.run_id, bad.verification_result,
       bad.collected_at, playbook.playbook_id, playbook.name as playbook,
       playbook.trust_score, playbook.status as playbook_status, attempts.made as attempts,
       incident.title as incident_title, incident.recurrence_count,
       run.agent_id, {_ACTION} as action
  from runs_evidence bad
  left join runs_execution execution on execution.id = bad.execution_id
  left join runs_playbook playbook on playbook.playbook_id = execution.playbook_id
  left join runs_incident incident
    on incident.incident_id = bad.incident_id and incident.project_id = bad.project_id
  left join runs_run run on run.run_id = bad.run_id
 cross join lateral (
   select count(*) as made from runs_execution made
    where made.project_id = bad.project_id and made.incident_id = bad.incident_id
      and made.playbook_id = playbook.playbook_id) attempts
 where {{which}}
   and bad.verification_result in ('degraded', 'failed', 'timeout')
   and bad.collected_at > %(since)s
   and not exists (
     select 1 from runs_evidence later
      where later.project_id = bad.project_id and later.incident_id = bad.incident_id
        and later.collected_at > bad.collected_at and later.verification_result = 'success')
"""  # noqa: S608
# Each project's newest by one index, so that what is looked at does not grow with what is wrong.
_NEWEST = f"""
select queued.* from unnest(%(projects)s::text[]) as visible(project_id)
 cross join lateral ({_ITEMS.format(which="bad.project_id = visible.project_id")}
   order by bad.collected_at desc, bad.id desc limit %(limit)s) queued
 order by queued.collected_at desc, queued.id desc limit %(limit)s
"""  # noqa: S608
_COUNTS = f"select action, count(*) from ({_NEWEST}) counted group by action"  # noqa: S608
_ONE = _ITEMS.format(which="bad.project_id = any(%(projects)s) and bad.id = %(id)s")
_WHY = {
    "reverify": _("Verification did not finish or found it degraded: verify again."),
    "replay": _("The repair failed; its playbook is trusted and has an attempt left."),
    "ticket": _("The repair failed; its playbook is not trusted enough, or has no attempt left."),
    "manual_review": _("No playbook repairs this, or it comes back too often: look at it."),
}
LABELS = {
    "reverify": _("Verify again"),
    "replay": _("Replay the repair"),
    "ticket": _("Open a ticket"),
    "manual_review": _("Review by hand"),
}


def queue(projects: Sequence[str], *, limit: int = LIMIT, action: str = "") -> dict[str, Any]:
    """Answer `{total, total_is_exact, ready_for_ai, human, by_action, items}`, the newest `limit`
    items, of one action where one is named; the newest 1,000 are counted, and no further."""
    return together.answer(asking(projects, limit=limit, action=action))


def asking(
    projects: Sequence[str], *, limit: int = LIMIT, action: str = ""
) -> Asking[dict[str, Any]]:
    """Ask what `queue` answers."""
    given = _given(projects)
    by_action, items = yield (
        together.tuples(_COUNTS, {**given, "limit": COUNT_AT_MOST}).then(dict),
        _rows(_NEWEST, {**given, "limit": COUNT_AT_MOST if action else limit}),
    )
    total = sum(by_action.values())
    ready = sum(count for action, count in by_action.items() if action in FOR_AI)
    if action:
        items = [item for item in items if item["action"] == action][:limit]
    return {
        "total": total,
        "total_is_exact": total < COUNT_AT_MOST,
        "ready_for_ai": ready,
        "human": total - ready,
        "by_action": by_action,
        "items": items,
    }


def one(projects: Sequence[str], evidence_id: UUID) -> dict[str, Any] | None:
    """Answer one item of the queue, or None where it is not (any more) in it."""
    (rows,) = together.read(_rows(_ONE, {**_given(projects), "id": evidence_id}))
    return rows[0] if rows else None


def evidence_of(work_item_id: str) -> UUID | None:
    """Answer the evidence that a work item's id names, or None for an id of another kind."""
    try:
        return UUID(work_item_id.removeprefix(PREFIX)) if work_item_id.startswith(PREFIX) else None
    except ValueError:
        return None


def history(
    projects: Sequence[str], *, incident_id: str | None = None, limit: int = LIMIT
) -> dict[str, Any]:
    """Answer `{items, total, total_is_exact, limit}`: what was recorded of work items, newest
    first."""
    rows = RemediationRecord.objects.filter(work_item_id__startswith=PREFIX)
    if incident_id:
        rows = rows.filter(incident_id=incident_id)
    page = paging.paginate(rows, projects, NEWEST, paging.PageRequest(1, limit))
    return {
        "items": page.items,
        "total": page.total,
        "total_is_exact": page.total_is_exact,
        "limit": limit,
    }


def _given(projects: Sequence[str]) -> dict[str, Any]:
    return {"projects": list(projects), "since": now() - DAYS}


def _rows(sql: str, given: dict[str, Any]) -> together.Read:
    return together.dicts(sql, given).then(lambda rows: [_item(row) for row in rows])


def _item(row: dict[str, Any]) -> dict[str, Any]:
    evidence_id = row.pop("id")
    return {
        "work_item_id": f"{PREFIX}{evidence_id}",
        "evidence_id": evidence_id,
        **row,
        "ready_for_ai": row["action"] in FOR_AI,
        "action_label": str(LABELS[row["action"]]),
        "why": str(_WHY[row["action"]]),
    }
