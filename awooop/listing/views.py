"""The pages of saved views, and the forms that the lists send."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from awooop import listing, navigation, permissions, undo
from awooop.actions import lists as actions
from awooop.errors import Conflict, Invalid, NotAllowed, NotFound
from awooop.listing import reads


@require_http_methods(["GET", "HEAD", "POST"])
def saved_views(request: HttpRequest) -> HttpResponse:
    """One's views and those shared, and the form that keeps another."""
    if request.method != "POST":
        return _page(request, request.GET)
    given = request.POST
    shared = given.get("project_id", "") if given.get("is_shared") else ""
    try:
        view = actions.save_view(
            by=request.caller,
            page=given.get("page", ""),
            name=given.get("name", ""),
            query=given.get("query", ""),
            project_id=shared,
            is_default=bool(given.get("is_default")),
        )
    except (Invalid, Conflict, NotAllowed) as refused:
        return _page(request, given, refused)
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    return redirect(_address(view))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Give one's own view another name, or share it otherwise."""
    view = reads.find(request.caller, view_id)
    if listing.get(view.page) is None:  # of a list that is no more
        raise NotFound(_("No such view, or none that you may see."))
    shared = getattr(view, "project_id", "")
    given: Any = {"name": view.name, "project_id": shared}
    refused: Any = None
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in given}
        try:
            actions.change_view(by=request.caller, view_id=view_id, **given)
        except (Invalid, Conflict, NotAllowed) as problem:
            refused = problem
        else:
            said = _("The view “%(name)s” is changed.") % {"name": given["name"]}
            messages.success(request, said)
            return redirect("saved-views")
    return _change_page(request, view, given, refused)


def _change_page(request: HttpRequest, view: Any, given: Any, refused: Any) -> HttpResponse:
    caller = request.caller
    shared = getattr(view, "project_id", "")
    may = [p for p in caller.projects if permissions.can(caller, "view.share", p) or p == shared]
    context = {
        "view": view,
        "label": listing.get(view.page).label,
        "given": given,
        "may_change": view.owner_id == caller.user.pk,
        "projects_to_share": may,
        "error": refused.detail if refused and not refused.errors else "",
        "errors": {one["field"]: one["message"] for one in refused.errors} if refused else {},
    }
    status = refused.status if refused else 200
    return render(request, "awooop/saved_view.html", context, status=status)


@require_POST
def delete(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Take a view away; the message offers to undo it."""
    try:
        view = actions.delete_view(by=request.caller, view_id=view_id)
    except Conflict as refused:
        messages.error(request, refused.detail)
    else:
        said = _("The view “%(name)s” is deleted.") % {"name": view.name}
        undo.offer(request, said, reverse("saved-view-restore", args=[view_id]))
    return redirect("saved-views")


@require_POST
def restore(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Undo that a view was taken away."""
    try:
        view = actions.restore_view(by=request.caller, view_id=view_id)
    except Conflict as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, _("The view “%(name)s” is back.") % {"name": view.name})
    return redirect("saved-views")


@require_POST
def default(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Open the list with this view, or no longer."""
    is_default = request.POST.get("value", "on") == "on"
    actions.set_default(by=request.caller, view_id=view_id, is_default=is_default)
    messages.success(request, _("Saved."))
    return redirect("saved-views")


@require_POST
def columns(request: HttpRequest) -> HttpResponse:
    """Keep the columns of a list, and go back to it."""
    chosen = None if "reset" in request.POST else request.POST.getlist("columns")
    page = request.POST.get("page", "")
    actions.choose_columns(by=request.caller, page=page, columns=chosen)
    return redirect(_back(request, page))


def _back(request: HttpRequest, page: str) -> str:
    """Answer the list as it was, without columns in its address: the kept ones count."""
    wanted = navigation.way_back(request, request.POST.get("next", ""), listing.get(page).path)
    path, _mark, query = wanted.partition("?")
    params = QueryDict(query, mutable=True)
    params.pop("columns", None)
    return f"{path}?{params.urlencode()}" if params else path


def _address(view: Any) -> str:
    known = listing.get(view.page)
    return f"{known.path}?{view.query}" if view.query else known.path


def _page(request: HttpRequest, given: QueryDict, refused: Any = None) -> HttpResponse:
    caller = request.caller
    found = reads.views(caller.user, caller.projects)
    asked = listing.get(given.get("page", ""))
    context = {
        "views": [_shown(request, view) for view in found if listing.get(view["page"])],
        "asked": asked,
        "given": given,
        "query": given.get("query", ""),
        "may_share": [p for p in caller.projects if permissions.can(caller, "view.share", p)],
        "error": refused.detail if refused and not refused.errors else "",
        "errors": {one["field"]: one["message"] for one in refused.errors} if refused else {},
    }
    status = refused.status if refused else 200
    return render(request, "awooop/saved_views.html", context, status=status)


def _shown(request: HttpRequest, view: dict[str, Any]) -> dict[str, Any]:
    known = listing.get(view["page"])
    is_mine = view["owner_id"] == request.caller.user.pk
    may = is_mine or permissions.can(request.caller, "view.moderate", view["in_project"])
    href = f"{known.path}?{view['query']}" if view["query"] else known.path
    return {**view, "label": known.label, "href": href, "may_delete": may, "is_mine": is_mine}
