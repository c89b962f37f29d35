"""The self-check over knowledge: is too much of it stale?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from governance.models import ACTIVE, Dispatch, GovernanceEvent
from governance.self_checks import Checked, Context, Finding, self_check
from knowledge.reviews import REVIEW
from knowledge.selectors.staleness import Snapshot, snapshots

EVENT = "knowledge_degradation"
OWNERSHIP = {
    "lead_agent": "hermes",
    "support_agents": ["sre-agent"],
    "why": "Hermes drafts what the owner is to review; it never changes an approved entry.",
}


@self_check(EVENT, owns=(EVENT,), order=20)
def knowledge_degradation(context: Context) -> dict[str, Checked]:
    """Answer which share of the entries in use is stale; one dispatch asks Hermes for a draft.

    While owner reviews are open nobody is alerted again: the work is under way.
    """
    found = snapshots(context.projects, context.thresholds)
    reviewing = _reviewing(context.projects)
    unresolved = _unresolved(context.projects)
    return {
        project: _checked(found[project], project in reviewing, unresolved.get(project, 0))
        for project in context.projects
    }


def _reviewing(projects: Sequence[str]) -> set[str]:
    rows = Dispatch.objects.filter(
        project_id__in=projects, executor_type=REVIEW, dispatch_status__in=ACTIVE
    )
    return set(rows.order_by().values_list("project_id", flat=True).distinct())


def _unresolved(projects: Sequence[str]) -> dict[str, int]:
    rows = GovernanceEvent.objects.filter(
        project_id__in=projects, event_type=EVENT, resolved=False
    ).order_by()
    return dict(rows.values_list("project_id").annotate(count=Count("pk")))


def _checked(snapshot: Snapshot, is_reviewing: bool, unresolved: int) -> Checked:
    is_above = snapshot.is_above
    result: dict[str, Any] = {
        "total": snapshot.total_count,
        "stale": snapshot.stale_count,
        "ratio": snapshot.stale_ratio,
        "threshold": snapshot.threshold,
        "stale_days": snapshot.stale_days,
        "alert_suppressed": is_above and is_reviewing,
        "suppress_reason": "open_owner_review_exists" if is_above and is_reviewing else None,
        # What is open while the ratio is back within the threshold is resolved by this cycle.
        "resolved_open_events": 0 if is_above else unresolved,
    }
    if not is_above:
        return Checked(result)
    return Checked(result, (_finding(snapshot, result, suppressed=is_reviewing),))


def _finding(snapshot: Snapshot, result: dict[str, Any], *, suppressed: bool) -> Finding:
    impact = _("%(stale)d of %(total)d entries are stale") % result
    hint = _("Refresh, archive or supersede %(count)d stale entries; the most urgent first.") % {
        "count": snapshot.entries_to_threshold
    }
    details = {
        "status": "degraded",
        "impact": impact,
        "remediation": {
            "items": [f"{snapshot.entries_to_threshold} stale entries"],
            "next_action": "run_kb_growth_healthcheck",
            "hint": hint,
        },
        "actionable": {"items": [{"href": "/knowledge/stale"}]},
        "ownership": {**OWNERSHIP, "human_owner": "knowledge_owner"},
        "affected_resources": [{"kind": "knowledge_entries", "stale": snapshot.stale_count}],
        **result,
    }
    return Finding(EVENT, details, suppressed=suppressed)
