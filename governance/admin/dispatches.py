from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.admin_base import Act, ProjectFilter, ReadOnlyAdmin
from awooop.callers import Caller
from governance.actions import dispatches
from governance.admin.forms import OptionalNoteForm
from governance.models import Dispatch

_LABELS = {
    "start": _("Start"),
    "complete": _("Complete"),
    "fail": _("Mark as failed"),
    "skip": _("Skip"),
    "cancel": _("Cancel"),
}


def _move(by: Caller, dispatch: Dispatch, data: dict[str, Any], *, verb: str) -> None:
    dispatches.act(by=by, dispatch_id=dispatch.pk, verb=verb, note=data["note"])


def _allows(dispatch: Dispatch, *, verb: str) -> bool:
    return dispatches.allows(dispatch, verb)


def _act(verb: str) -> Act:
    return Act(
        verb,
        _LABELS[verb],
        "governance.act",
        partial(_move, verb=verb),
        form=OptionalNoteForm,
        applies=partial(_allows, verb=verb),
        describe=lambda dispatch: [
            (_("project"), dispatch.project_id),
            (_("event"), dispatch.event_type),
            (_("status"), dispatch.get_dispatch_status_display()),
            (_("proposed action"), dispatch.proposed_action),
        ],
        is_danger=verb in ("fail", "cancel"),
    )


@admin.register(Dispatch)
class DispatchAdmin(ReadOnlyAdmin):
    """Dispatches: moved along their path by acts, never edited."""

    fixed_ordering = paging.Ordering("admin.dispatch", ("created_at", "id"))
    exact_search = ("id", "governance_event")
    search_help_text = _("The id of a dispatch or of an event.")
    list_display = (
        "executor_type",
        "project_id",
        "event_type",
        "dispatch_status",
        "workflow_stage",
        "owner",
        "created_at",
        "completed_at",
    )
    list_filter = (ProjectFilter, "dispatch_status")
    acts = tuple(map(_act, dispatches.ACTS))
