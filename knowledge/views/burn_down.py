"""How the stale ratio falls to its threshold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from awooop import listing
from awooop.listing import export
from awooop.listing.state import show
from knowledge import lists
from knowledge.actions.complete_review import Outcome
from knowledge.actions.queue_reviews import OWNER_MOST
from knowledge.models import KnowledgeEntry
from knowledge.selectors import burn_down, ratio_history
from knowledge.selectors.staleness import Snapshot
from knowledge.views import frame

_CSV = (
    "completion_dispatch_id", "source_dispatch_id", "entry_id", "title", "review_outcome", "owner",
    "completed_at", "stale_ratio_after", "above_threshold", "stale_count_delta",
    "stale_ratio_delta", "dispatch_status",
)  # fmt: skip


class CompletionsForm(forms.Form):
    """Which completions are listed, and how many."""

    use_required_attribute = False

    review_outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("Any")), *Outcome.choices]
    )
    owner = forms.CharField(label=_("Owner"), required=False, max_length=OWNER_MOST)
    limit = forms.IntegerField(
        required=False, min_value=1, max_value=burn_down.MOST, widget=forms.HiddenInput
    )

    def asked(self) -> dict[str, Any]:
        """Answer what `burn_down.completions` is asked."""
        given = self.cleaned_data if self.is_valid() else {}
        return {"outcome": given.get("review_outcome", ""), "owner": given.get("owner", "")}


@require_safe
@listing.listed(lists.BURN_DOWN)
def page(request: HttpRequest) -> HttpResponseBase:
    """Where a project stands, how it came there, and what each completed review changed."""
    project = frame.one_project(request)
    form = CompletionsForm(request.GET)
    asked = form.asked()
    if export.is_wanted(request) and form.is_valid():
        rows = export.once([project], lambda: _rows(project, burn_down.MOST, asked))
        return export.respond(request, "burn-down", _CSV, rows)
    limit = (form.cleaned_data["limit"] if form.is_valid() else None) or burn_down.LIMIT
    found = burn_down.burn_down([project], limit=limit)
    snapshot = Snapshot(**found["current_snapshot"])
    is_filtered = any(asked.values())
    items = burn_down.completions([project], limit, **asked) if is_filtered else found["items"]
    context = {
        "form": form,
        "clear_href": listing.cleared(request),
        "project_id": project,
        "current_project": project,
        "found": found,
        "items": _titled(project, items),
        "is_filtered": is_filtered,
        "snapshot": snapshot,
        "history": ratio_history.with_today(project, snapshot),
        "limit_percent": round(snapshot.threshold * 100, 1),
    }
    return show(request, "knowledge/burn_down.html", context, 200 if form.is_valid() else 422)


def _rows(project: str, limit: int, asked: dict[str, Any]) -> Iterable[export.Row]:
    for item in _titled(project, burn_down.completions([project], limit, **asked)):
        measured = item["stale_ratio_snapshot"] or {}
        yield {**item, "stale_ratio_after": measured.get("stale_ratio")}


def _titled(project: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Answer the completions with their entries' titles; of one that is gone, None."""
    ids = [item["entry_id"] for item in items if item["entry_id"]]
    rows = KnowledgeEntry.objects.filter(project_id=project, pk__in=ids)
    titles = {str(key): title for key, title in rows.values_list("pk", "title")}
    return [{**item, "title": titles.get(item["entry_id"])} for item in items]
