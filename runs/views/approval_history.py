"""The history of approvals: what was approved, rejected, expired, cancelled; by whom, how soon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from awooop import listing
from awooop.listing import pages
from runs import lists
from runs.filter_forms import HistoryFilterForm
from runs.models import ApprovalStatus
from runs.selectors import approval_history as selectors
from runs.selectors import approvals
from runs.views import approval_files, approval_frame


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
        file=lambda projects: approval_files.over(request, projects, form.filters),
        always=always,
    )
