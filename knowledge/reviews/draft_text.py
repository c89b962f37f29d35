"""What a review draft says: the stale entries by urgency, each with what it is tied to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from knowledge.priorities import Action, Reason
from knowledge.selectors.staleness import Snapshot
from runs.models import Approval, Playbook

Row = dict[str, Any]
Names = dict[str, str]


def approvals_of(rows: Sequence[Row]) -> Names:
    """Answer a word for each playbook and approval that the rows are tied to: two statements."""
    playbooks = {row["related_playbook_id"] for row in rows} - {None}
    approvals = {row["related_approval_id"] for row in rows} - {None}
    found = {str(one.pk): one.name for one in Playbook.objects.filter(pk__in=playbooks)}
    for one in Approval.objects.filter(pk__in=approvals):
        found[str(one.pk)] = f"{one.tool_name} ({one.get_status_display()})"
    return found


def write(rows: Sequence[Row], found: Snapshot, names: Names) -> str:
    """Answer the draft's Markdown."""
    heading = _(
        "%(stale)d of %(total)d entries in use are stale (%(ratio)s; at most %(threshold)s may be)."
    ) % {
        "stale": found.stale_count,
        "total": found.total_count,
        "ratio": found.stale_ratio,
        "threshold": found.threshold,
    }
    advice = _("Nothing was changed. The owner decides on each entry: refresh, archive, supersede.")
    parts = [heading, advice]
    for tier in ("P0", "P1", "P2"):
        some = [row for row in rows if row["priority_tier"] == tier]
        if some:
            parts += [f"## {tier}", *(_entry(row, names) for row in some)]
    return "\n\n".join(parts) + "\n"


def _entry(row: Row, names: Names) -> str:
    title = _plain(row["title"])
    lines = [
        f"### [{title}](/knowledge/{row['entry_id']})",
        f"- {_('Recommended')}: {Action(row['recommended_action']).label}",
        f"- {_('Why')}: {', '.join(str(Reason(code).label) for code in row['reasons'])}",
        f"- {_('Priority')}: {row['priority_score']}; "
        + _("%(days)d days old, read %(views)d times")
        % {"days": row["stale_days"], "views": row["view_count"]},
    ]
    if row["related_incident_id"]:
        incident = row["related_incident_id"]
        lines.append(f"- {_('Incident')}: [{incident}](/awooop/incidents/{incident})")
    if row["related_playbook_id"]:
        lines.append(f"- {_('Playbook')}: {_name(names, row['related_playbook_id'])}")
    if row["related_approval_id"]:
        lines.append(f"- {_('Approval')}: {_name(names, row['related_approval_id'])}")
    return "\n".join(lines)


def _name(names: Names, key: Any) -> str:
    return _plain(names.get(str(key), str(key)))


def _plain(text: str) -> str:
    """Answer text that Markdown takes as it stands, in one line."""
    line = " ".join(str(text).split())
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|!&" else char for char in line)
