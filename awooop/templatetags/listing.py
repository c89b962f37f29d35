"""What every list shows above its rows: its views, its columns, its file, its updates."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict
from django.template.loader import render_to_string
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
    return _tools(context, csv)


@register.simple_tag(takes_context=True)
def list_tools_again(context: template.Context) -> SafeString:
    """The buttons anew, at the foot of a part that the form of filters fetched: they are about
    what is shown now. An update by itself leaves them alone."""
    request = context["request"]
    is_part = request.htmx and not request.htmx.boosted
    if not is_part or "X-Refresh" in request.headers:
        return SafeString("")
    shown = {**_tools(context), "is_again": True}
    return SafeString(render_to_string("components/list_tools.html", shown))


def _tools(context: template.Context, csv: bool = True) -> dict[str, Any]:
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
    """Answer which columns are shown, by name: all of them, where the table is part of a page, or
    where one card is shown by itself."""
    state = getattr(context["request"], "listing", None)
    if state is None or context.get("pinned"):
        return _Everything()
    return dict.fromkeys(state.columns, True)


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
def live(context: template.Context, swap: str = "", sync: str = "") -> SafeString:
    """The attributes of a list that is updated by itself, every 15 seconds, until it is paused.

    Where a form of filters fetches the list, too, the element is within the part (`swap` is
    `outerHTML`), and `sync` names the form: what it asks for goes before an update.
    """
    if not context.get("is_live"):
        return SafeString("")
    query = context["request"].GET.copy()
    query["view"] = "all"  # the default view is for those who come, not for what is shown
    given = {"get": f"?{query.urlencode()}", "trigger": "every 15s", "swap": swap}
    given["sync"] = f"{sync}:drop" if sync else ""
    said = ((name, value) for name, value in given.items() if value)
    return format_html("{} data-refresh", format_html_join("", ' hx-{}="{}"', said))


def _csv(given: QueryDict) -> str:
    query = given.copy()
    for name in ("cursor", "page"):
        query.pop(name, None)
    query["format"] = "csv"
    return f"?{query.urlencode()}"
