"""Reads about incidents: the list, and the chain from the alert to what was learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from awooop import paging, together
from awooop.errors import NotFound
from awooop.prefixes import starts_with
from awooop.together import Asking
from runs.models import (
    Approval,
    ChannelEvent,
    Evidence,
    Execution,
    Incident,
    LegacyMcpRecord,
    RemediationRecord,
    Run,
    RunIncident,
)
from runs.selectors.approvals import asking_votes

NEWEST = paging.Ordering("incidents.newest", ("opened_at", "incident_id"))
AT_MOST = 100
ID_AT_MOST = 64
# Words are looked for in the titles of this many newest incidents of a project: row-level security
# keeps the planner from a trigram index, and a search must not walk a table that only grows.
SEARCHED = 20_000

Contribution = Callable[[Incident], list[dict[str, Any]]]
_contributions: dict[str, Contribution] = {}
KINDS = ("knowledge",)


def contribute(kind: str, function: Contribution) -> None:
    """Let a higher room add its part of an incident: rows of `{title, href, status, at}` and more.

    Raises ValueError for an unknown kind or a second contributor.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown part of an incident: {kind}; known are {', '.join(KINDS)}")
    if kind in _contributions:
        raise ValueError(f"{kind} is contributed already")
    _contributions[kind] = function


def contributed(kind: str, incident: Incident) -> list[dict[str, Any]]:
    """Answer what the higher room says, nothing without one; raises TypeError for no list."""
    function = _contributions.get(kind)
    rows = function(incident) if function else []
    if not isinstance(rows, list):
        raise TypeError(f"the contribution of {kind} must be a list, not {type(rows).__name__}")
    return rows


def newest(
    projects: Sequence[str],
    *,
    request: paging.PageRequest,
    status: str | None = None,
    severity: str | None = None,
    q: str = "",
) -> paging.Page:
    """Answer one page of incidents, newest first; `q` is an id's start, or words of the title."""
    rows = filtered(projects, status=status, severity=severity, q=q)
    return paging.paginate(rows, projects, NEWEST, request)


def filtered(
    projects: Sequence[str], *, status: str | None = None, severity: str | None = None, q: str = ""
) -> QuerySet[Incident]:
    """Answer the incidents that the filters leave, not yet restricted to projects, nor ordered."""
    rows = Incident.objects.all()
    if status:
        rows = rows.filter(status=status)
    if severity:
        rows = rows.filter(severity=severity)
    if q.strip():
        rows = _matching(rows, projects, q.strip())
    return rows


def matching(projects: Sequence[str], text: str, among: int = SEARCHED) -> QuerySet[Incident]:
    """Answer the incidents whose id starts so, or whose title, among the newest, has the words."""
    return _matching(Incident.objects.all(), projects, text, among)


def _matching(
    rows: QuerySet[Incident], projects: Sequence[str], text: str, among: int = SEARCHED
) -> QuerySet[Incident]:
    if text.upper().startswith("INC-"):
        return rows.filter(starts_with("incident_id", text.upper()[:ID_AT_MOST]))
    for word in text.split()[:8]:
        rows = rows.filter(title__icontains=word)
    floor = paging.floor(Incident, projects, NEWEST, among)
    return rows.filter(opened_at__gte=floor) if floor else rows


def get(projects: Sequence[str], incident_id: str) -> Incident:
    """Answer one incident; raises NotFound."""
    incident = paging.restrict(Incident.objects.filter(pk=incident_id), projects).first()
    if incident is None:
        raise NotFound(_("No such incident, or none that you may see."))
    return incident


@dataclass(frozen=True)
class Chain:
    """All that is on record about one incident, newest first, at most 100 of each."""

    incident: Incident
    runs: list[Run]
    events: list[ChannelEvent]
    approvals: list[Approval]
    executions: list[Execution]
    evidence: list[Evidence]
    remediations: list[RemediationRecord]
    legacy: list[LegacyMcpRecord]
    knowledge: list[dict[str, Any]]


def chain(incident: Incident) -> Chain:
    """Answer the chain of an incident in a fixed number of statements."""
    return together.answer(asking(incident))


def asking(incident: Incident) -> Asking[Chain]:
    """Ask what `chain` answers."""
    approvals = _of(Approval, incident, "-requested_at", "-id").select_related("run")
    executions = _of(Execution, incident, "-created_at", "-id").select_related("playbook")
    wanted = {
        "runs": _runs(incident),
        "approvals": approvals,
        "executions": executions,
        "evidence": _of(Evidence, incident, "-collected_at", "-id"),
        "remediations": _of(RemediationRecord, incident, "-created_at", "-id"),
        "legacy": _of(LegacyMcpRecord, incident, "-created_at", "-id"),
    }
    reads = {name: together.objects(rows[:AT_MOST]) for name, rows in wanted.items()}
    found = yield from together.each(reads)
    events, _voted = yield from together.join(
        together.all_of(together.objects(_events(incident, found["runs"]))),
        asking_votes(found["approvals"], [incident.project_id]),
    )
    learned = contributed("knowledge", incident)
    return Chain(incident=incident, events=events[0], knowledge=learned, **found)


def _of(model: Any, incident: Incident, *order: str) -> QuerySet[Any]:
    rows = model.objects.filter(project_id=incident.project_id, incident_id=incident.incident_id)
    return rows.order_by(*order)


def _runs(incident: Incident) -> QuerySet[Run]:
    linked = RunIncident.objects.filter(
        project_id=incident.project_id, incident_id=incident.incident_id
    )
    rows = Run.objects.filter(project_id=incident.project_id, run_id__in=linked.values("run_id"))
    return rows.order_by("-created_at", "-run_id")


def _events(incident: Incident, runs: list[Run]) -> QuerySet[ChannelEvent]:
    """Answer the latest inbound events of its runs: by their run, or because they triggered it."""
    refs = [run.trigger_ref for run in runs if run.trigger_ref]
    mine = Q(run_id__in=[run.run_id for run in runs]) | Q(provider_event_id__in=refs)
    rows = ChannelEvent.objects.filter(mine, project_id=incident.project_id)
    return rows.order_by("-received_at", "-event_id")[:AT_MOST]
