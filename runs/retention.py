"""How long the tables of runs are kept.

A run goes with all that hangs on it, a resolved incident with its records; what belongs to neither
goes by its own age.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, Model, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from awooop.models.note import NoteSubject
from awooop.notes import reads as notes
from awooop.retention import Rule, add
from runs.models import (
    Approval,
    ApprovalStatus,
    ChannelEvent,
    Evidence,
    Execution,
    Incident,
    IncidentStatus,
    LegacyMcpRecord,
    McpCall,
    OutboundMessage,
    RemediationRecord,
    Run,
    RunIncident,
    SendStatus,
)
from runs.models.channels import UNDELIVERED
from runs.policies import FINAL

# The queue of remedies and the work items look back 30 days.
LEAST_DAYS = 31
NOBODY_SENT_DAYS = 365
# Sent, or given up, and nothing is still to be done about it.
DONE = Q(send_status__in=[SendStatus.SENT, SendStatus.DEAD], next_attempt_at__isnull=True)
# The envelope comes from outside: the ids are found in it as `incident_ids.from_envelope` does.
_NAMES_OPEN_INCIDENT = """
exists (
  select 1 from regexp_matches(runs_channelevent.source_envelope #>> '{source_refs,incident_ids}',
                               'INC-[0-9]{8}-[A-Z0-9]{4,}', 'g') as named(id)
    join runs_incident incident on incident.incident_id = named.id[1]
   where incident.project_id = runs_channelevent.project_id and incident.status <> 'resolved')
"""


def runs(cutoff: datetime) -> QuerySet:
    """Answer final runs that ended before, of which no incident is open or was resolved since."""
    young = _incidents(~Q(status=IncidentStatus.RESOLVED) | Q(resolved_at__gte=cutoff))
    of_run = {"run": OuterRef("pk")}
    pending = Approval.objects.filter(status=ApprovalStatus.PENDING, **of_run)
    return Run.objects.filter(
        ~Exists(pending),
        Q(completed_at__lt=cutoff) | Q(completed_at__isnull=True),
        *(
            ~Exists(model.objects.filter(young, **of_run))
            for model in (RunIncident, Approval, Execution, Evidence)
        ),
        state__in=FINAL,
    )


def with_runs(project_id: str, keys: Sequence[UUID]) -> Iterable[QuerySet]:
    """Answer what was noted on, received and sent in these runs; what is not delivered yet is let
    go."""
    return [
        notes.on_many(project_id, NoteSubject.RUN, keys),
        OutboundMessage.objects.filter(DONE, run_id__in=keys),
        ChannelEvent.objects.filter(run_id__in=keys),
    ]


def incidents(cutoff: datetime) -> QuerySet:
    """Answer incidents resolved before, of which no run is open or ended since."""
    open_run = Run.objects.filter(
        ~Q(state__in=FINAL) | Q(completed_at__gte=cutoff), pk=OuterRef("run_id")
    )
    of_incident = {"project_id": OuterRef("project_id"), "incident_id": OuterRef("pk")}
    links = RunIncident.objects.filter(Exists(open_run), **of_incident)
    pending = Approval.objects.filter(status=ApprovalStatus.PENDING, **of_incident)
    return Incident.objects.filter(
        ~Exists(links), ~Exists(pending), status=IncidentStatus.RESOLVED, resolved_at__lt=cutoff
    )


def with_incidents(project_id: str, keys: Sequence[str]) -> Iterable[QuerySet]:
    """Answer what is known of these incidents; the evidence before its executions."""
    return [
        notes.on_many(project_id, NoteSubject.INCIDENT, keys),
        *(
            model.objects.filter(project_id=project_id, incident_id__in=keys)
            for model in (Evidence, Execution, RemediationRecord, LegacyMcpRecord)
        ),
    ]


def events(cutoff: datetime) -> QuerySet:
    """Answer events that belong to no run and name no open incident."""
    names_open = RawSQL(_NAMES_OPEN_INCIDENT, [], BooleanField())  # noqa: S611 - a constant
    return ChannelEvent.objects.filter(~Q(names_open), run__isnull=True)


def messages(cutoff: datetime) -> QuerySet:
    """Answer messages of no run and no open incident that are done with."""
    return OutboundMessage.objects.filter(~Exists(_named(open_only=True)), DONE, run__isnull=True)


def never_sent(cutoff: datetime) -> QuerySet:
    """Answer messages that nobody delivered, of no open incident and no open run."""
    open_run = Run.objects.filter(~Q(state__in=FINAL), pk=OuterRef("run_id"))
    return OutboundMessage.objects.filter(
        UNDELIVERED, ~Q(DONE), ~Exists(open_run), ~Exists(_named(open_only=True))
    )


def approvals(cutoff: datetime) -> QuerySet:
    """Answer decided approvals of no run and no open incident."""
    return Approval.objects.filter(
        ~Q(status=ApprovalStatus.PENDING),
        ~Exists(_named(open_only=True)),
        run__isnull=True,
        resolved_at__lt=cutoff,
    )


def of_unknown_incidents(model: type[Model]) -> Any:
    """Answer how to find a model's rows that belong to no incident that is known here."""
    return lambda cutoff: model.objects.filter(~Exists(_named()))


def _incidents(which: Q) -> Exists:
    named = Incident.objects.filter(
        which, project_id=OuterRef("project_id"), incident_id=OuterRef("incident_id")
    )
    return Exists(named)


def _named(*, open_only: bool = False) -> QuerySet:
    named = Incident.objects.filter(
        project_id=OuterRef("project_id"), incident_id=OuterRef("incident_id")
    )
    return named.exclude(status=IncidentStatus.RESOLVED) if open_only else named


add(
    Rule(
        "runs",
        Run,
        "created_at",
        runs,
        what="final runs, with their steps, MCP calls, approvals, votes, tokens, incident links, "
        "channel events, notes and the messages that were sent or given up",
        keeps="runs that are not final, wait for an approval, or belong to an incident that is "
        "open or was resolved since; a message that is still to be sent",
        least_days=LEAST_DAYS,
        first=with_runs,
    )
)
add(
    Rule(
        "incidents",
        Incident,
        "opened_at",
        incidents,
        what="resolved incidents, with their executions, evidence, remediation records, legacy "
        "MCP records and notes",
        keeps="unresolved incidents and all their records; an incident with a run that is open or "
        "ended since, or with a pending approval",
        least_days=LEAST_DAYS,
        first=with_incidents,
    )
)
add(
    Rule(
        "channel_events",
        ChannelEvent,
        "received_at",
        events,
        what="channel events that belong to no run",
        keeps="those of runs, which go with their run; those that name an open incident",
        least_days=LEAST_DAYS,
    )
)
add(
    Rule(
        "messages",
        OutboundMessage,
        "queued_at",
        messages,
        what="outbound messages of no run that were sent or given up",
        keeps="those of runs, which go with their run; those of an open incident",
        least_days=LEAST_DAYS,
    )
)
add(
    Rule(
        "undelivered_messages",
        OutboundMessage,
        "queued_at",
        never_sent,
        what="outbound messages that nobody delivered in a year",
        keeps="those of an open run or an open incident",
        days=NOBODY_SENT_DAYS,
        least_days=LEAST_DAYS,
    )
)
add(
    Rule(
        "approvals",
        Approval,
        "requested_at",
        approvals,
        what="decided approvals of no run, with their votes and tokens",
        keeps="pending approvals; those of runs, which go with their run; those of an open "
        "incident",
        least_days=LEAST_DAYS,
    )
)
add(
    Rule(
        "mcp_calls",
        McpCall,
        "created_at",
        lambda cutoff: McpCall.objects.filter(run__isnull=True),
        what="MCP calls of no run",
        keeps="those of runs, which go with their run",
        least_days=LEAST_DAYS,
    )
)
for _name, _model, _time in (
    ("executions", Execution, "created_at"),
    ("evidence", Evidence, "collected_at"),
    ("remediation_records", RemediationRecord, "created_at"),
    ("legacy_mcp_records", LegacyMcpRecord, "created_at"),
):
    add(
        Rule(
            _name,
            _model,
            _time,
            of_unknown_incidents(_model),
            what=f"{_name.replace('_', ' ').replace('mcp', 'MCP')} of incidents unknown here",
            keeps="those of incidents that are kept",
            least_days=LEAST_DAYS,
        )
    )
