"""How the stale ratio falls to its threshold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knowledge.models import KnowledgeEntry
from knowledge.selectors import burn_down, ratio_history
from knowledge.selectors.staleness import Snapshot
from knowledge.views import frame


class LimitForm(forms.Form):
    """How many completions are listed."""

    limit = forms.IntegerField(required=False, min_value=1, max_value=burn_down.MOST)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Where a project stands, how it came there, and what each completed review changed."""
    project = frame.one_project(request)
    form = LimitForm(request.GET)
    limit = (form.cleaned_data["limit"] if form.is_valid() else None) or burn_down.LIMIT
    found = burn_down.burn_down([project], limit=limit)
    snapshot = Snapshot(**found["current_snapshot"])
    context = {
        "form": form,
        "clear_href": frame.address("knowledge-burn-down", project_id=project),
        "project_id": project,
        "current_project": project,
        "found": found,
        "items": _titled(project, found["items"]),
        "snapshot": snapshot,
        "history": ratio_history.with_today(project, snapshot),
        "limit_percent": round(snapshot.threshold * 100, 1),
    }
    status = 200 if form.is_valid() else 422
    return render(request, "knowledge/burn_down.html", context, status=status)


def _titled(project: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Answer the completions with their entries' titles; of one that is gone, None."""
    ids = [item["entry_id"] for item in items if item["entry_id"]]
    rows = KnowledgeEntry.objects.filter(project_id=project, pk__in=ids)
    titles = {str(key): title for key, title in rows.values_list("pk", "title")}
    return [{**item, "title": titles.get(item["entry_id"])} for item in items]
