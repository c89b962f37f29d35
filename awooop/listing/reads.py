"""Reads of what a person chose for a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, Func, Q, QuerySet, Value
from django.utils.translation import gettext as _

from awooop.callers import Caller
from awooop.errors import NotFound
from awooop.models import ListPreference, OwnView, SharedView, User

_NAMES = ("view_id", "page", "name", "query", "owner_id")
_PREFERENCE = "preference"


@dataclass(frozen=True)
class Chosen:
    """What a person chose for a list: its columns (None: its own), the view that it opens with,
    and the views that there are."""

    columns: tuple[str, ...] | None
    default_view: UUID | None
    views: list[dict[str, Any]]


def of_list(user: User, projects: Sequence[str], page: str) -> Chosen:
    """Answer what a person chose for one list; one statement."""
    mine = ListPreference.objects.filter(user=user, page=page).order_by()
    as_text = Func(F("columns"), Value(","), function="array_to_string", output_field=CharField())
    rows = mine.annotate(
        kind=Value(_PREFERENCE, CharField()),
        view_id=F("default_view"),
        name=Value("", CharField()),
        query=as_text,
        owner_id=F("user_id"),
        in_project=Value("", CharField()),
    )
    found = list(_views(user, projects, page).union(rows.values(*_COLUMNS), all=True))
    own = next((row for row in found if row["kind"] == _PREFERENCE), None)
    text = own["query"] if own else None
    return Chosen(
        columns=None if text is None else tuple(filter(None, text.split(","))),
        default_view=own["view_id"] if own else None,
        views=_sorted(row for row in found if row["kind"] != _PREFERENCE),
    )


def views(user: User, projects: Sequence[str]) -> list[dict[str, Any]]:
    """Answer a person's own views and those shared in these projects, of all lists; one
    statement."""
    return _sorted(_views(user, projects, ""))


_COLUMNS = ("kind", *_NAMES, "in_project")


def _views(user: User, projects: Sequence[str], page: str) -> QuerySet:
    of_page = Q(page=page) if page else Q()
    alive = Q(deleted_at__isnull=True)
    own = OwnView.objects.filter(of_page, alive, owner=user).order_by()
    own = own.annotate(kind=Value("own", CharField()), in_project=Value("", CharField()))
    shared = SharedView.objects.filter(of_page, alive, project_id__in=list(projects)).order_by()
    shared = shared.annotate(kind=Value("shared", CharField()), in_project=F("project_id"))
    return own.values(*_COLUMNS).union(shared.values(*_COLUMNS), all=True)


def _sorted(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [{**row, "is_shared": row["kind"] == "shared"} for row in rows]
    return sorted(found, key=lambda view: (view["page"], view["is_shared"], view["name"]))


def find(by: Caller, view_id: UUID) -> OwnView | SharedView:
    """Answer a view that the caller sees, deleted or not; raises NotFound."""
    own = OwnView.objects.filter(pk=view_id, owner=by.user).first()
    shared = SharedView.objects.filter(pk=view_id, project_id__in=list(by.projects))
    view = own or shared.first()
    if view is None:
        raise NotFound(_("No such view, or none that you may see."))
    return view
