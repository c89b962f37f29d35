"""What became of the approvals that are over: a list with filters, and all of it for a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from awooop import paging
from runs.models import Approval, ApprovalStatus, ApprovalVote
from runs.selectors.approvals import add_votes, votes_detail

# What is over is read from its newest.
HISTORY = paging.Ordering("approvals.history", ("requested_at", "id"))
OVER = tuple(status for status in ApprovalStatus if status != ApprovalStatus.PENDING)
# How a person's label reads where the decision came by the chat.
_BY_CHAT = " (Telegram)"


@dataclass(frozen=True)
class Filters:
    """What of the history is wanted: all optional. `approver` is the label of who voted, `since`
    (from) and `until` (before) bound when it was asked."""

    outcome: str | None = None
    risk_level: str | None = None
    agent_id: str | None = None
    tool_name: str | None = None
    incident_id: str | None = None
    approver: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def as_query(self) -> dict[str, Any]:
        """Answer the filters that are set."""
        return {name: value for name, value in asdict(self).items() if value}


def history(
    projects: Sequence[str], *, request: paging.PageRequest, filters: Filters | None = None
) -> paging.Page:
    """Answer one page of what is over, newest first, with runs, projects and votes."""
    rows = filtered(filters or Filters()).select_related("run", "project")
    page = paging.paginate(rows, projects, HISTORY, request)
    add_votes(page.items, projects)
    return page


def filtered(filters: Filters) -> QuerySet[Approval]:
    """Answer what the filters leave, not yet restricted to projects, nor ordered."""
    # The outcomes named one by one: an index has them by status.
    wanted = {"status": filters.outcome} if filters.outcome else {"status__in": OVER}
    conditions = {
        "risk_level": filters.risk_level,
        "agent_id": filters.agent_id,
        "tool_name": filters.tool_name,
        "incident_id": filters.incident_id,
        "requested_at__gte": filters.since,
        "requested_at__lt": filters.until,
    }
    given = {name: value for name, value in conditions.items() if value}
    rows = Approval.objects.filter(**wanted, **given)
    return rows.filter(_voted(filters.approver)) if filters.approver else rows


def _voted(label: str) -> Exists:
    votes = ApprovalVote.objects.filter(approval=OuterRef("pk"), project_id=OuterRef("project_id"))
    return Exists(votes.filter(approver_label__in=[label, f"{label}{_BY_CHAT}"]))


def waited_s(approval: Approval) -> int | None:
    """Answer how many seconds it waited until it ended, None while it waits."""
    if approval.resolved_at is None:
        return None
    return int((approval.resolved_at - approval.requested_at).total_seconds())


def as_row(approval: Approval) -> dict[str, Any]:
    """Answer an approval that is over as the API lists it (votes are those read with it)."""
    return {
        "approval_id": approval.pk,
        "run_id": approval.run_id,
        "project_id": approval.project_id,
        "agent_id": approval.agent_id or None,
        "incident_id": approval.incident_id,
        "tool_name": approval.tool_name,
        "suggested_action": approval.suggested_action,
        "arguments": approval.arguments,
        "digest": approval.digest,
        "risk_level": approval.risk_level,
        "outcome": approval.status,
        "created_at": approval.requested_at,
        "expires_at": approval.expires_at,
        "resolved_at": approval.resolved_at,
        "waited_s": waited_s(approval),
        "required_approvals": approval.required_approvals,
        "votes_detail": votes_detail(approval),
    }
