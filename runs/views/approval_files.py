"""Approvals as a file: those that wait, and those that are over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from awooop.listing import export
from awooop.paging import Ordering
from runs.models import Approval, Decision
from runs.selectors import approval_history, approvals

_ASKED = (
    "approval_id", "project_id", "run_id", "agent_id", "incident_id", "tool_name",
    "suggested_action", "risk_level",
)  # fmt: skip
_VOTED = ("required_approvals", "approved_by", "rejected_by", "reasons")
WAITING = (*_ASKED, "created_at", "expires_at", *_VOTED)
OVER = (*_ASKED, "outcome", "created_at", "resolved_at", "waited_s", *_VOTED)


def waiting(
    request: HttpRequest, projects: Sequence[str], filters: Mapping[str, Any]
) -> HttpResponseBase:
    """Answer what waits, oldest first within its project."""

    def found() -> QuerySet[Approval]:
        return approvals.waiting_ones(**filters)

    return _file(request, projects, "approvals-waiting", WAITING, approvals.WAITING, found)


def over(
    request: HttpRequest, projects: Sequence[str], filters: approval_history.Filters
) -> HttpResponseBase:
    """Answer what is over, newest first within its project."""

    def found() -> QuerySet[Approval]:
        return approval_history.filtered(filters)

    return _file(request, projects, "approvals", OVER, approval_history.HISTORY, found)


def _file(
    request: HttpRequest,
    projects: Sequence[str],
    name: str,
    fields: Sequence[str],
    ordering: Ordering,
    found: Callable[[], QuerySet[Approval]],
) -> HttpResponseBase:
    rows = export.walk(projects, lambda _project_id: found(), ordering, _rows)
    return export.respond(request, name, fields, rows)


def _rows(batch: list[Approval]) -> Iterator[dict[str, Any]]:
    approvals.add_votes(batch, [batch[0].project_id])
    for approval in batch:
        votes = list(approval.votes.all())
        yield {
            **approval_history.as_row(approval),
            "approved_by": _voters(votes, Decision.APPROVE),
            "rejected_by": _voters(votes, Decision.REJECT),
            "reasons": "; ".join(vote.reason for vote in votes if vote.reason),
        }


def _voters(votes: Sequence[Any], decision: str) -> str:
    return ", ".join(vote.approver_label for vote in votes if vote.decision == decision)
