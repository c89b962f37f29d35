"""What every list shows above its rows: its views, its columns, its file, its updates."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from awooop import permissions

register = template.Library()


class _Everything(dict):
    """Has whatever is asked for."""

    def __missing__(self, key: str) -> bool:
        return True


@register.inclusion_tag("components/list_tools.html", takes_context=True)
def list_tools(context: template.Context, csv: bool = True) -> dict[str, Any]:
    """The buttons of a list: views, columns, CSV and, where it is updated by itself, a pause."""
    request = context["request"]
    state = request.listing
    project_id = request.GET.get("project_id", "")
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "state": state,
        "listing": state.listing,
        "columns": [
            {"key": one.key, "label": one.label, "on": one.key in state.columns}
            for one in state.listing.columns
        ],
        "project_id": project_id,
        "may_share": bool(project_id) and permissions.can(request.caller, "view.share", project_id),
        "csv_href": _csv(request.GET) if csv else "",
        "is_live": context.get("is_live", False),
    }


@register.simple_tag(takes_context=True)
def list_columns(context: template.Context) -> dict[str, bool]:
    """Answer which columns are shown, by name: all of them, where the table is part of a page."""
    state = getattr(context["request"], "listing", None)
    return _Everything() if state is None else dict.fromkeys(state.columns, True)


@register.simple_tag(takes_context=True)
def list_state(context: template.Context) -> SafeString:
    """What a form of filters hands on: the project, the columns, and what the list must have."""
    request = context["request"]
    state = request.listing
    kept = {name: request.GET.get(name) for name in ("project_id", "columns")}
    if state.has_default:
        kept["view"] = "all"
    pairs = [(name, value) for name, value in {**kept, **state.listing.query}.items() if value]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.simple_tag(takes_context=True)
def live(context: template.Context) -> SafeString:
    """The attributes of a list that is updated by itself, every 15 seconds, until it is paused."""
    if not context.get("is_live"):
        return SafeString("")
    query = context["request"].GET.copy()
    query["view"] = "all"  # the default view is for those who come, not for what is shown
    return format_html(' hx-get="?{}" hx-trigger="every 15s" data-refresh', query.urlencode())


def _csv(given: QueryDict) -> str:
    query = given.copy()
    for name in ("cursor", "page"):
        query.pop(name, None)
    query["format"] = "csv"
    return f"?{query.urlencode()}"
