"""Reads of what a person chose for a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, CharField, F, Q, Value
from django.utils.translation import gettext as _

from awooop.callers import Caller
from awooop.errors import NotFound
from awooop.models import ListPreference, OwnView, SharedView, User

_NAMES = ("view_id", "page", "name", "query", "owner_id")


def preference(user: User | None, page: str) -> ListPreference | None:
    """Answer what a person chose for a list, None where nothing."""
    return ListPreference.objects.filter(user=user, page=page).first() if user else None


def views(user: User | None, projects: Sequence[str], page: str = "") -> list[dict[str, Any]]:
    """Answer a person's own views and those shared in these projects, by page and name: of one
    list, or of all; one statement."""
    of_page = Q(page=page) if page else Q()
    alive = Q(deleted_at__isnull=True)
    own = OwnView.objects.filter(of_page, alive, owner=user).order_by()
    shared = SharedView.objects.filter(of_page, alive, project_id__in=list(projects)).order_by()
    empty = Value("", CharField())
    both = own.values(*_NAMES, in_project=empty, is_shared=Value(False, BooleanField())).union(
        shared.values(*_NAMES, in_project=F("project_id"), is_shared=Value(True, BooleanField())),
        all=True,
    )
    return sorted(both, key=lambda view: (view["page"], view["is_shared"], view["name"]))


def find(by: Caller, view_id: UUID) -> OwnView | SharedView:
    """Answer a view that the caller sees, deleted or not; raises NotFound."""
    own = OwnView.objects.filter(pk=view_id, owner=by.user).first()
    shared = SharedView.objects.filter(pk=view_id, project_id__in=list(by.projects))
    view = own or shared.first()
    if view is None:
        raise NotFound(_("No such view, or none that you may see."))
    return view
