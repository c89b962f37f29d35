from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.admin_base import Act, ProjectFilter, ReadOnlyAdmin
from awooop.callers import Caller
from governance.actions import events
from governance.admin.forms import NoteForm
from governance.models import GovernanceEvent


def _resolve(by: Caller, event: GovernanceEvent, data: dict[str, Any]) -> None:
    events.resolve(by=by, event_id=event.pk, note=data["note"])


@admin.register(GovernanceEvent)
class GovernanceEventAdmin(ReadOnlyAdmin):
    """Governance events: to be looked at, and resolved."""

    fixed_ordering = paging.Ordering("admin.governance_event", ("triggered_at", "id"))
    exact_search = ("id", "event_type")
    search_help_text = _("An event's id, or a type such as trust_drift.")
    list_display = (
        "event_type",
        "subject",
        "project_id",
        "severity",
        "resolved",
        "occurrences",
        "triggered_at",
        "last_seen_at",
    )
    list_filter = (ProjectFilter, "resolved", "severity")
    acts = (
        Act(
            "resolve",
            _("Resolve the event"),
            "governance.act",
            _resolve,
            form=NoteForm,
            applies=lambda event: not event.resolved,
            describe=lambda event: [
                (_("project"), event.project_id),
                (_("severity"), event.get_severity_display()),
                (_("impact"), event.impact),
                (_("last seen at"), event.last_seen_at),
            ],
        ),
    )
