"""The inbox of owner reviews and their completion queue, and a look at several at once."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from awooop import listing, permissions
from awooop.listing import export
from knowledge import lists
from knowledge.review_forms import PREVIEW_MOST, QueueFilterForm
from knowledge.reviews import draft_text
from knowledge.selectors import reviews
from knowledge.views import frame

_SHOWN = {
    "pending": _("Inbox"),
    "ready": _("Ready"),
    "blocked": _("Blocked"),
    "completed": _("Completed"),
    "failed": _("Failed"),
}


_CSV = (
    "dispatch_id", "project_id", "entry_id", "title", "priority_tier", "priority_score",
    "readiness", "blockers", "recommended_completion_outcome", "owner", "queued_at", "completed_at",
)  # fmt: skip


@require_safe
@listing.listed(lists.REVIEWS)
def review_list(request: HttpRequest) -> HttpResponseBase:
    """Reviews, the most urgent first: what waits, what is blocked and why, what was completed."""
    form = QueueFilterForm(request.GET)
    if export.is_wanted(request) and form.is_valid():
        projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
        asked = {**form.asked(), "limit": reviews.MOST}
        read = partial(reviews.completion_queue, projects, **asked)
        rows = export.once(projects, lambda: read()["items"])
        return export.respond(request, "owner-reviews", _CSV, rows)
    context = _asked(request, "knowledge-reviews")
    context |= {"is_live": context["status"] == 200, "clear_href": listing.cleared(request)}
    template = "knowledge/reviews.html" + ("#found" if frame.is_fragment(request) else "")
    response = render(request, template, context, status=context["status"])
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """A look at the reviews that are ready, together; each is confirmed by itself."""
    context = _asked(request, "knowledge-reviews-preview", bucket="ready", most=PREVIEW_MOST)
    return render(request, "knowledge/reviews_preview.html", context, status=context["status"])


def _asked(
    request: HttpRequest, name: str, bucket: str | None = None, most: int = reviews.MOST
) -> dict[str, Any]:
    named = request.GET.get("project_id")
    projects = permissions.readable_projects(request.caller, named)
    form = QueueFilterForm(request.GET)
    context: dict[str, Any] = {
        "form": form,
        "clear_href": frame.address(name, project_id=named),
        "stale_href": frame.address("knowledge-stale", project_id=named),
        "status": 200,
    }
    if not form.is_valid():
        return {**context, "status": 422}
    asked = form.asked()
    asked["bucket"] = bucket or asked["bucket"]
    asked["limit"] = min(asked["limit"], most)
    found = reviews.completion_queue(projects, **asked)
    return {
        **context,
        "found": found,
        "names": draft_text.approvals_of(found["items"]),
        "bucket": asked["bucket"],
        "buckets": _buckets(request, found["counts"], asked["bucket"]),
        "ready_count": found["counts"].get("ready", 0),
        "is_filtered": bool(asked["tiers"] or asked["outcome"] or asked["batch"]),
        "is_cut": found["total"] > len(found["items"]),
        "most": most,
    }


def _buckets(request: HttpRequest, counts: dict[str, int], here: str) -> list[dict[str, Any]]:
    given = request.GET.copy()
    waiting = sum(counts.get(name, 0) for name in reviews.PENDING)
    tabs = []
    for name, label in _SHOWN.items():
        given["status_bucket"] = name
        count = waiting if name == "pending" else counts.get(name, 0)
        tabs.append(
            {
                "href": f"?{given.urlencode()}",
                "label": label,
                "active": name == here,
                "count": count or None,
            }
        )
    return tabs
