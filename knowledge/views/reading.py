"""The pages to read: the list with its search, and one entry with its history."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from awooop import listing, markdown, paging, permissions
from awooop.errors import Invalid
from awooop.listing import export
from knowledge import lists, policies
from knowledge.actions import entries as actions
from knowledge.forms import FilterForm
from knowledge.models import EntryStatus, EntryType
from knowledge.selectors import entries, facets, filters, history, ties

PER_PAGE = 20
_FACET_LABELS = {"entry_type": dict(EntryType.choices), "category": {}}


_CSV = (
    "entry_id", "project_id", "title", "entry_type", "category", "tags", "status", "owner",
    "source", "source_path", "alertname", "view_count", "version", "related_incident_id",
    "created_at", "updated_at",
)  # fmt: skip
SEARCHED_AT_MOST = 1_000  # rows of a file of what a search found


@require_safe
@listing.listed(lists.ENTRIES)
def entry_list(request: HttpRequest) -> HttpResponseBase:
    """Entries: the best first where words are given, else what was updated last."""
    form = FilterForm(request.GET)
    context: dict[str, Any] = {"form": form, "clear_href": listing.cleared(request)}
    context["may_write"] = bool(_writable(request))
    status = 200
    try:
        chosen = filters.parse(request.GET)
        if export.is_wanted(request):
            return _file(request, chosen)
        context |= {"filters": chosen, **_found(request, chosen)}
    except Invalid as invalid:
        context["refused"] = invalid.errors
        status = 422
    context["is_live"] = status == 200 and request.listing.is_first_page
    is_fragment = request.htmx and not request.htmx.boosted
    template = "knowledge/list.html#found" if is_fragment else "knowledge/list.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _found(request: HttpRequest, chosen: filters.Filters) -> dict[str, Any]:
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    given = request.GET
    asked = paging.parse_request(
        given.get("page"), given.get("per_page", PER_PAGE), given.get("cursor")
    )
    results = entries.page_of_entries(chosen, projects, asked)
    found = facets.of(chosen, projects, results.ids)
    return {
        "results": results,
        "page": results.page,
        "facets": [_shown(facet, chosen) for facet in found],
        "is_filtered": bool(chosen.q.strip() or chosen.narrowed()),
        "stale_before": policies.stale_before(),
    }


def _file(request: HttpRequest, chosen: filters.Filters) -> HttpResponseBase:
    projects = permissions.readable_projects(request.caller, request.GET.get("project_id"))
    if chosen.q.strip():
        read = partial(entries.best, chosen, projects, SEARCHED_AT_MOST)
        rows = export.once(projects, lambda: export.of(_CSV)(read()))
    else:
        rows = export.walk(
            projects, lambda project: chosen.apply([project]), entries.NEWEST, export.of(_CSV)
        )
    return export.respond(request, "knowledge", _CSV, rows)


def _shown(facet: facets.Facet, chosen: filters.Filters) -> dict[str, Any]:
    labels = _FACET_LABELS[facet.name]
    current = getattr(chosen, facet.name)
    values = [
        {"value": value, "label": labels.get(value, value), "count": count, "on": value == current}
        for value, count in facet.values
    ]
    return {"name": facet.name, "values": values, "is_exact": facet.is_exact}


@require_safe
def entry_page(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One entry: what it says, what it is tied to, how it came to say so."""
    entry = entries.get(request.caller.projects, entry_id)
    context = {
        "entry": entry,
        "html": markdown.render(entry.content),
        "is_stale": policies.is_stale(entry),
        "stale_days": policies.STALE_DAYS,
        "incident": ties.incident_of(entry),
        "revisions": history.revisions(entry),
        "may_write": permissions.can_write(request.caller, "knowledge.edit", entry.project_id),
        "is_archived": entry.status == EntryStatus.ARCHIVED,
        **_change(request, entry),
    }
    return render(request, "knowledge/entry.html", context)


def _change(request: HttpRequest, entry: Any) -> dict[str, Any]:
    text = request.GET.get("change", "")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        return {}
    before, after = history.pair(entry, int(text))
    if after is None:
        return {}
    lines = history.difference(before.content if before else "", after.content)
    return {"change": {"before": before, "after": after, "lines": lines}}


@require_POST
def note_view(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Count that the page was looked at; the page itself, being read, writes nothing."""
    entry = entries.get(request.caller.projects, entry_id)
    actions.note_view(by=request.caller, project_id=entry.project_id, entry_id=entry_id)
    if request.htmx:
        return HttpResponse(status=204)
    return redirect("knowledge-entry", entry_id=entry_id)


def _writable(request: HttpRequest) -> list[str]:
    caller = request.caller
    return [each for each in caller.projects if permissions.can(caller, "knowledge.edit", each)]
