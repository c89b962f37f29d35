"""The history of approvals: what was approved, rejected, expired, cancelled; by whom, how soon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from awooop import listing
from awooop.listing import export, pages
from runs import lists
from runs.filter_forms import HistoryFilterForm
from runs.models import Approval, ApprovalStatus, Decision
from runs.selectors import approval_history as selectors
from runs.selectors import approvals
from runs.selectors.approval_history import Filters
from runs.views import approval_frame

_CSV = (
    "approval_id", "project_id", "run_id", "agent_id", "incident_id", "tool_name",
    "suggested_action", "risk_level", "outcome", "created_at", "resolved_at", "waited_s",
    "required_approvals", "approved_by", "rejected_by", "reasons",
)  # fmt: skip


@listing.listed(lists.APPROVALS)
def page(request: HttpRequest) -> HttpResponseBase:
    """What is over, newest first; the filters are the address; `format=csv` is all of it as a
    file."""
    form = HistoryFilterForm(request.GET)

    def always(projects: Sequence[str]) -> dict[str, Any]:
        context = {
            "outcome": request.GET.get("outcome", ""),
            "outcomes": [("", _("All")), *ApprovalStatus.choices[1:]],
        }
        count = approvals.count_waiting(projects)
        return approval_frame.framed(request, context, "history", count)

    return pages.respond(
        request,
        "runs/approvals_history.html",
        form,
        read=lambda projects, asked: selectors.history(
            projects, request=asked, filters=form.filters
        ),
        file=lambda projects: _file(request, form.filters, projects),
        always=always,
    )


def _file(request: HttpRequest, filters: Filters, projects: Sequence[str]) -> HttpResponseBase:
    def rows_of(_project_id: str) -> QuerySet[Approval]:
        return selectors.filtered(filters)

    rows = export.walk(projects, rows_of, selectors.HISTORY, _rows)
    return export.respond(request, "approvals", _CSV, rows)


def _rows(batch: list[Approval]) -> Iterator[dict[str, Any]]:
    approvals.add_votes(batch, [batch[0].project_id])
    for approval in batch:
        votes = list(approval.votes.all())
        yield {
            **selectors.as_row(approval),
            "approved_by": _voters(votes, Decision.APPROVE),
            "rejected_by": _voters(votes, Decision.REJECT),
            "reasons": "; ".join(vote.reason for vote in votes if vote.reason),
        }


def _voters(votes: Sequence[Any], decision: str) -> str:
    return ", ".join(vote.approver_label for vote in votes if vote.decision == decision)
