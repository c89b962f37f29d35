from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.admin_base import Act, ProjectFilter, ReadOnlyAdmin
from awooop.models import AuditRecord
from runs import policies
from runs.actions import runs
from runs.admin import links
from runs.models import (
    Approval,
    ChannelEvent,
    McpCall,
    OutboundMessage,
    Run,
    RunIncident,
    RunState,
    Step,
)

_OF_A_RUN = (Step, RunIncident, McpCall, Approval, ChannelEvent, OutboundMessage)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    """Runs: to be looked at, and cancelled."""

    fixed_ordering = paging.Ordering("admin.run", ("created_at", "run_id"))
    exact_search = ("run_id", "trigger_ref")
    search_help_text = _("A run's id, or what triggered it, whole.")
    list_display = (
        "__str__",
        "project_id",
        "state",
        "remediation_status",
        "step_count",
        "cost_usd",
        "created_at",
    )
    list_filter = (
        ProjectFilter,
        "state",
        "remediation_status",
        ("created_at", admin.DateFieldListFilter),
    )
    acts = (
        Act(
            "cancel_run",
            _("Cancel the run"),
            "run.cancel",
            lambda by, run, data: runs.cancel(by=by, run_id=run.pk, reason=data["reason"]),
            form=ReasonForm,
            applies=lambda run: RunState.CANCELLED in policies.TRANSITIONS.get(run.state, ()),
            describe=lambda run: [
                (_("project"), run.project_id),
                (_("state"), run.get_state_display()),
            ],
            is_danger=True,
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["what_belongs_to_it", *super().get_fields(request, obj)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("what_belongs_to_it",)

    @admin.display(description=_("what belongs to it"))
    def what_belongs_to_it(self, run: Run) -> str:
        """Its steps, links, calls, approvals, messages and audit records."""
        found = [(model, str(run.run_id)) for model in _OF_A_RUN]
        return links.searches([*found, (AuditRecord, f"run:{run.run_id}")])


@admin.register(Step)
class StepAdmin(ReadOnlyAdmin):
    """The journal of a run."""

    fixed_ordering = paging.Ordering("admin.step", ("created_at", "step_id"), descending=False)
    exact_search = ("run_id", "step_id")
    search_only = True
    search_help_text = _("Searched, not listed: a run's id, or a step's.")
    list_display = (
        "step_seq",
        "run_id",
        "tool_name",
        "result_status",
        "was_blocked",
        "latency_ms",
        "created_at",
    )


@admin.register(RunIncident)
class RunIncidentAdmin(ReadOnlyAdmin):
    """Which incidents a run belongs to."""

    fixed_ordering = paging.Ordering("admin.run_incident", ("position", "id"), descending=False)
    exact_search = ("run_id", "incident_id")
    search_only = True
    search_help_text = _("Searched, not listed: a run's id, or an incident's.")
    list_display = ("incident_id", "run_id", "project_id", "source", "position", "found_at")
