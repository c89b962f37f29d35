"""What the palette finds in this room: runs, incidents, approvals, playbooks, gateway calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from awooop import finding, paging
from awooop.callers import Caller
from awooop.finding import AT_MOST, Finder, Hit
from awooop.prefixes import starts_with, uuids_from
from runs.models import Approval, Incident, McpCall, Playbook, Run
from runs.selectors import gateway
from runs.selectors import incidents as incident_reads
from runs.selectors import runs as run_reads

# Words are looked for in this many newest rows of a project: no index serves them.
AMONG = 2_000
_NEWEST_APPROVALS = paging.Ordering("finding.approvals", ("requested_at", "id"))
_PLAYBOOKS = paging.Ordering("finding.playbooks", ("name", "playbook_id"), descending=False)


def by_id(model: type[Model], projects: Sequence[str], text: str) -> list[Any]:
    """Answer the rows whose UUID starts so: a range of the primary key."""
    bounds = uuids_from(text)
    if bounds is None:
        return []
    rows = model._default_manager.filter(pk__range=bounds)
    return list(paging.restrict(rows, projects).order_by("pk")[:AT_MOST])


def runs(caller: Caller, projects: Sequence[str], text: str) -> list[Hit]:
    """Find runs by the start of their id, an incident, an agent, the start of their trigger."""
    found = by_id(Run, projects, text)
    if not found:
        filters = run_reads.RunFilters(q=text)
        rows = run_reads.filtered(filters, projects)
        found = paging.first(rows, projects, run_reads.NEWEST, AT_MOST)
    return [
        Hit(
            title=f"{run.agent_id} {str(run.pk)[:8]}",
            href=reverse("run-detail", args=[run.pk]),
            about=" · ".join(filter(None, (run.project_id, run.trigger_ref))),
            status=run.state,
        )
        for run in found
    ]


def incidents(caller: Caller, projects: Sequence[str], text: str) -> list[Hit]:
    """Find incidents by their id, with or without INC-, or by words of a newer one's title."""
    found: list[Incident] = []
    if text[0].isdigit():
        rows = Incident.objects.filter(starts_with("incident_id", f"INC-{text.upper()}"[:64]))
        found = paging.first(rows, projects, incident_reads.NEWEST, AT_MOST)
    if not found:
        rows = incident_reads.matching(projects, text, AMONG)
        found = paging.first(rows, projects, incident_reads.NEWEST, AT_MOST)
    return [
        Hit(
            title=incident.title,
            href=reverse("incident-detail", args=[incident.pk]),
            about=f"{incident.pk} · {incident.project_id}",
            status=incident.status,
        )
        for incident in found
    ]


def approvals(caller: Caller, projects: Sequence[str], text: str) -> list[Hit]:
    """Find approvals by the start of their id, or by words of a newer one's tool or action."""
    found = by_id(Approval, projects, text)
    if not found:
        rows = Approval.objects.all()
        for word in text.split()[:8]:
            rows = rows.filter(Q(tool_name__icontains=word) | Q(suggested_action__icontains=word))
        since = paging.floor(Approval, projects, _NEWEST_APPROVALS, AMONG)
        rows = rows.filter(requested_at__gte=since) if since else rows
        found = paging.first(rows, projects, _NEWEST_APPROVALS, AT_MOST)
    return [
        Hit(
            title=approval.suggested_action or approval.tool_name,
            href=f"{reverse('approvals')}?{urlencode({'approval_id': approval.pk})}",
            about=f"{approval.tool_name} · {str(approval.pk)[:8]} · {approval.project_id}",
            status="waiting" if approval.status == "pending" else approval.status,
        )
        for approval in found
    ]


def playbooks(caller: Caller, projects: Sequence[str], text: str) -> list[Hit]:
    """Find playbooks by a part of their name (there are few), for those who see their page."""
    if caller.user is None or not caller.user.is_staff:
        return []
    rows = Playbook.objects.filter(name__icontains=text)
    return [
        Hit(
            title=playbook.name,
            href=reverse("admin:runs_playbook_change", args=[playbook.pk]),
            about=playbook.project_id,
            status=playbook.status,
        )
        for playbook in paging.first(rows, projects, _PLAYBOOKS, AT_MOST)
    ]


def calls(caller: Caller, projects: Sequence[str], text: str) -> list[Hit]:
    """Find calls that asked the gateway by the start of their id, else the newest of a tool."""
    found = by_id(McpCall, projects, text)
    if not found:
        rows = McpCall.objects.filter(tool_name=text)
        since = paging.floor(McpCall, projects, gateway.NEWEST, AMONG)
        rows = rows.filter(created_at__gte=since) if since else rows
        found = paging.first(rows, projects, gateway.NEWEST, AT_MOST)
    return [
        Hit(
            title=f"{call.tool_name} {str(call.pk)[:8]}",
            href=reverse("gateway-call", args=[call.pk]),
            about=f"{call.agent_id} · {call.project_id}",
            status=call.result_status,
        )
        for call in found
    ]


finding.add(Finder("approval", _("Approvals"), "approval", 10, approvals))
finding.add(Finder("incident", _("Incidents"), "incident", 20, incidents))
finding.add(Finder("run", _("Runs"), "run", 30, runs))
finding.add(Finder("playbook", _("Playbooks"), "wrench", 80, playbooks))
finding.add(Finder("gateway_call", _("Gateway calls"), "tool", 90, calls))
