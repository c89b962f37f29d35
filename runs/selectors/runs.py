"""The list of runs: its filters, its free search, its pages and the rows of its CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from awooop import paging, together
from awooop.errors import Invalid, NotFound
from awooop.prefixes import starts_with, uuids_from
from runs import incident_ids
from runs.models import RemediationStatus, Run, RunIncident, RunState

NEWEST = paging.Ordering("runs.newest", ("created_at", "run_id"))
_MAX_LENGTH = {"agent_id": 128, "q": 255}
_CHOICES = {"state": RunState.values, "remediation_status": RemediationStatus.values}
_MANY_OF_A_PREFIX = 1_000


@dataclass(frozen=True)
class RunFilters:
    """What a list of runs is narrowed to; `''` is no filter. Make it with `parse_filters`."""

    state: str = ""
    agent_id: str = ""
    remediation_status: str = ""
    incident_id: str = ""
    q: str = ""

    def as_query(self) -> dict[str, str]:
        """Answer the filters that are set, as a query string holds them."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value}


def parse_filters(given: Mapping[str, str | None]) -> RunFilters:
    """Check filters as they came from a query string; raises Invalid naming what is allowed."""
    values = {field.name: given.get(field.name) or "" for field in fields(RunFilters)}
    values["q"] = values["q"].strip()
    errors = {name: text for name, value in values.items() if (text := _refusal(name, value))}
    if errors:
        raise Invalid(errors)
    return RunFilters(**values)


def _refusal(name: str, value: str) -> str | None:
    if not value:
        return None
    if name in _CHOICES and value not in _CHOICES[name]:
        return _("must be one of %(allowed)s") % {"allowed": ", ".join(_CHOICES[name])}
    if name == "incident_id" and not incident_ids.is_incident_id(value):
        return _("must be an incident's id, such as INC-20261121-7QX2")
    if len(value) > _MAX_LENGTH.get(name, 255):
        return _("must have at most %(n)d characters") % {"n": _MAX_LENGTH[name]}
    return None


def page_of_runs(
    filters: RunFilters, projects: Sequence[str], request: paging.PageRequest
) -> paging.Page:
    """Answer one page of runs, newest first, without their long texts."""
    return paging.paginate(filtered(filters, projects), projects, NEWEST, request)


def filtered(filters: RunFilters, projects: Sequence[str]) -> QuerySet[Run]:
    """Answer the runs that the filters leave, not yet restricted to projects, nor ordered."""
    found = Run.objects.defer("error_detail", "body_fingerprint", "worker_key")
    exact = {
        name: value
        for name, value in filters.as_query().items()
        if name in ("state", "agent_id", "remediation_status")
    }
    found = found.filter(**exact)
    if filters.incident_id:
        found = found.filter(_of_incident(filters.incident_id))
    if filters.q:
        found = found.filter(_matching(filters.q, projects))
    return found


def find(run_id: UUID, projects: Sequence[str]) -> Run:
    """Answer a run; raises NotFound where it is unknown, or of another project."""
    run = paging.restrict(Run.objects.filter(run_id=run_id), projects).first()
    if run is None:
        raise NotFound(_("No such run, or none that you may see."))
    return run


def linked_incidents(runs: Sequence[Run]) -> dict[UUID, list[str]]:
    """Answer the incident ids of each run, in order of discovery."""
    return together.read(links_of(runs))[0]


def links_of(runs: Sequence[Run]) -> together.Read:
    """Ask what `linked_incidents` answers."""
    links = RunIncident.objects.filter(
        run_id__in=[run.run_id for run in runs],
        project_id__in=sorted({run.project_id for run in runs}),
    )

    def by_run(linked: list[tuple[UUID, str]]) -> dict[UUID, list[str]]:
        found: dict[UUID, list[str]] = {run.run_id: [] for run in runs}
        for run_id, incident_id in linked:
            found[run_id].append(incident_id)
        return found

    ordered = links.order_by("run_id", "position").values_list("run_id", "incident_id")
    return together.objects(ordered).then(by_run)


def _of_incident(incident_id: str) -> Exists:
    return Exists(
        RunIncident.objects.filter(
            run_id=OuterRef("run_id"), project_id=OuterRef("project_id"), incident_id=incident_id
        )
    )


def _matching(q: str, projects: Sequence[str]) -> Q | Exists:
    """Answer the one condition that a free search means, each served by an index, first that fits:

    1. an incident's id in the text: its runs (found also through trigger, error text and messages);
    2. eight or more digits of a run's id, from its start: those runs;
    3. an agent's whole name: its runs;
    4. else: runs whose `trigger_ref` starts so.
    """
    incidents = incident_ids.find(q.upper())
    if incidents:
        return _of_incident(incidents[0])
    run_ids = _of_id_prefix(q.lower(), projects)
    if run_ids:
        return Q(run_id__in=run_ids)
    if paging.first(Run.objects.filter(agent_id=q).only("pk"), projects, NEWEST, 1):
        return Q(agent_id=q)
    return starts_with("trigger_ref", q)


def _of_id_prefix(text: str, projects: Sequence[str]) -> list[UUID]:
    # The ids first: the planner cannot estimate a range of UUIDs, and would walk all runs by time.
    bounds = uuids_from(text, least=8)
    if bounds is None:
        return []
    found = paging.restrict(Run.objects.filter(run_id__range=bounds), projects)
    return list(found.order_by("run_id").values_list("run_id", flat=True)[:_MANY_OF_A_PREFIX])
