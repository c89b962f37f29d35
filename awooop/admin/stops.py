from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.actions import stops
from awooop.admin_base import Act, RegistryAdmin
from awooop.admin_base.display import shown
from awooop.callers import Caller
from awooop.models import Stop


class LiftForm(forms.Form):
    """Why what was stopped may go on."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=stops.REASON_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands in the stop's history and in the audit record."),
    )


def _lift(by: Caller, stop: Stop, data: dict[str, Any]) -> None:
    stops.lift(by=by, stop_id=stop.pk, reason=data["reason"])


@admin.register(Stop)
class StopAdmin(RegistryAdmin):
    """Stops: to be looked at, and lifted; they are placed on the console's own page."""

    fixed_ordering = paging.Ordering("admin.stop", ("stopped_at", "stop_id"))
    exact_search = ("stop_id", "agent_id", "tool_name")
    search_help_text = _("A stop's id, an agent or a tool, whole.")
    list_display = ("__str__", "scope", "reason", "stopped_by", "stopped_at", "lifted_at")
    acts = (
        Act(
            "lift",
            _("Lift"),
            "stop.lift",
            _lift,
            form=LiftForm,
            applies=lambda stop: stop.lifted_at is None,
            describe=lambda stop: [(_("reason"), stop.reason), (_("by"), stop.stopped_by)],
            is_danger=True,
        ),
    )

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        return [shown(field) for field in Stop._meta.concrete_fields]
