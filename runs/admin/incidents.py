from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from awooop import paging
from awooop.admin_base import Act, ProjectFilter, ReadOnlyAdmin
from awooop.callers import Caller
from awooop.errors import Conflict
from awooop.models import AuditRecord
from runs.actions import incidents
from runs.admin import links
from runs.models import (
    Approval,
    Evidence,
    Execution,
    Incident,
    IncidentStatus,
    LegacyMcpRecord,
    RemediationRecord,
    ResolutionType,
    RunIncident,
)

_OF_AN_INCIDENT = (
    RunIncident,
    Approval,
    RemediationRecord,
    LegacyMcpRecord,
    Execution,
    Evidence,
)


class ResolveForm(forms.Form):
    """How it ended."""

    resolution_type = forms.ChoiceField(
        label=_("resolution"), choices=ResolutionType, initial=ResolutionType.MANUAL
    )


def _resolve(by: Caller, incident: Incident, data: dict[str, Any]) -> None:
    _incident, is_new = incidents.resolve(
        by=by,
        project_id=incident.project_id,
        incident_id=incident.incident_id,
        resolution_type=data["resolution_type"],
    )
    if not is_new:
        raise Conflict(_("It is resolved already."), code="already_resolved")


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    """Incidents: to be looked at, and resolved."""

    fixed_ordering = paging.Ordering("admin.incident", ("opened_at", "incident_id"))
    exact_search = ("incident_id",)
    search_help_text = _("An incident's id, such as INC-20260101-AB12.")
    list_display = (
        "incident_id",
        "project_id",
        "title",
        "severity",
        "status",
        "recurrence_count",
        "opened_at",
        "resolved_at",
        "disposition",
    )
    list_filter = (ProjectFilter, "status", ("opened_at", admin.DateFieldListFilter))
    acts = (
        Act(
            "resolve",
            _("Resolve the incident"),
            "incident.resolve",
            _resolve,
            form=ResolveForm,
            applies=lambda incident: incident.status != IncidentStatus.RESOLVED,
            describe=lambda incident: [
                (_("project"), incident.project_id),
                (_("severity"), incident.get_severity_display()),
                (_("opened at"), incident.opened_at),
            ],
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["what_belongs_to_it", *super().get_fields(request, obj)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("what_belongs_to_it",)

    @admin.display(description=_("what belongs to it"))
    def what_belongs_to_it(self, incident: Incident) -> str:
        """Its runs, approvals, records and audit records."""
        found = [(model, incident.incident_id) for model in _OF_AN_INCIDENT]
        return links.searches([*found, (AuditRecord, f"incident:{incident.incident_id}")])
