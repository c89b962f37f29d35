"""What is on record about some incidents: two statements, however many there are.

Each part is a lateral look-up by an index, bounded: a chain needs the first of what came in and the
newest of what was done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from uuid import UUID

from django.db.models import QuerySet

from awooop import together
from awooop.clock import now
from awooop.together import Asking
from runs.models import Incident, IncidentStatus

Key = tuple[str, str]
Row = SimpleNamespace
RUNS, NEWEST = 10, 5

_WANTED = "unnest(%(projects)s::text[], %(incidents)s::text[]) as wanted(project_id, incident_id)"
_RUNS = f"""
select wanted.project_id as of_project, wanted.incident_id as of_incident, found.*
  from {_WANTED}
 cross join lateral (
   select run.run_id, run.agent_id, run.state, run.error_code, run.trigger_ref, run.created_at,
          run.started_at, run.completed_at
     from runs_runincident link
     join runs_run run on run.run_id = link.run_id and run.project_id = link.project_id
    where link.project_id = wanted.project_id and link.incident_id = wanted.incident_id
    order by run.created_at desc, run.run_id desc limit {RUNS}) found
"""  # noqa: S608
_OF_RUNS = """
  from unnest(%(projects)s::text[], %(incidents)s::text[], %(runs)s::uuid[], %(refs)s::text[],
              %(events)s::uuid[]) as wanted(project_id, incident_id, run_id, ref, event_id)
"""
_EVENT = "select event_id, channel_type, provider_event_id, received_at from runs_channelevent"
_EVENTS = f"""
select wanted.project_id as of_project, wanted.incident_id as of_incident, found.*
{_OF_RUNS}
 cross join lateral (
   ({_EVENT} where run_id = wanted.run_id and project_id = wanted.project_id
     order by received_at limit 1)
   union all
   ({_EVENT} where project_id = wanted.project_id and provider_event_id = wanted.ref
       and wanted.ref <> '' order by is_duplicate, received_at limit 1)
   union all
   ({_EVENT} where event_id = wanted.event_id and project_id = wanted.project_id)) found
"""
_FINDINGS = f"""
select wanted.project_id as of_project, wanted.incident_id as of_incident, wanted.run_id, found.*
{_OF_RUNS}
 cross join lateral (
   (select 'step' as kind, step_id as id, created_at as at from runs_step
     where run_id = wanted.run_id and project_id = wanted.project_id
       and tool_name not like 'operator\\_console.%%'
     order by created_at, step_id limit 1)
   union all
   (select 'mcp_call', call_id, created_at from runs_mcpcall
     where run_id = wanted.run_id and project_id = wanted.project_id
     order by created_at, call_id limit 1)) found
"""  # noqa: S608
_APPROVAL = """
select id, run_id, status, tool_name, risk_level, requested_at, resolved_at, expires_at
  from runs_approval"""
_APPROVALS = f"""
select wanted.project_id as of_project, wanted.incident_id as of_incident, found.*
  from {_WANTED}
 cross join lateral (
   ({_APPROVAL} where project_id = wanted.project_id and incident_id = wanted.incident_id
     order by requested_at desc limit {NEWEST})
   union all
   (select approval.id, approval.run_id, approval.status, approval.tool_name, approval.risk_level,
           approval.requested_at, approval.resolved_at, approval.expires_at
      from runs_runincident link join runs_approval approval on approval.run_id = link.run_id
     where link.project_id = wanted.project_id and link.incident_id = wanted.incident_id
       and approval.project_id = wanted.project_id and approval.incident_id is null
     order by approval.requested_at desc limit {NEWEST})) found
"""  # noqa: S608
_OF = "project_id = wanted.project_id and incident_id = wanted.incident_id"
_RECORDS = f"""
select wanted.project_id as of_project, wanted.incident_id as of_incident, found.*
  from {_WANTED}
 cross join lateral (
   (select 'execution' as kind, id, created_at as at, run_id, null::uuid as execution_id,
           case when success then 'success' else 'failed' end as outcome,
           human_approved as is_asked
      from runs_execution where {_OF} order by created_at desc, id desc limit {NEWEST})
   union all
   (select 'evidence', id, collected_at, run_id, execution_id, verification_result, null
      from runs_evidence where {_OF} order by collected_at desc, id desc limit {NEWEST})
   union all
   (select 'legacy_mcp_record', id, created_at, null, null, null, null
      from runs_legacymcprecord where {_OF} order by created_at desc, id desc limit 1)
   union all
   (select 'remediation_record', id, created_at, null, null,
           case when writes_auto_repair_result and success then 'success' end, null
      from runs_remediationrecord where {_OF} order by created_at desc, id desc limit {NEWEST})
 ) found
"""  # noqa: S608


@dataclass
class Facts:
    """What is on record about one incident; `incident` is None where it is not known here.

    Runs, approvals and records are newest first, events and findings oldest first.
    """

    project_id: str
    incident_id: str
    incident: Incident | None
    at: datetime
    runs: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    findings: list[Row] = field(default_factory=list)
    approvals: list[Row] = field(default_factory=list)
    records: list[Row] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """Answer what tells it from the others."""
        return self.project_id, self.incident_id

    @property
    def is_resolved(self) -> bool:
        """Whether the incident is over."""
        return self.incident is not None and self.incident.status == IncidentStatus.RESOLVED

    def of_kind(self, kind: str) -> list[Row]:
        """Answer the records of a kind, newest first."""
        return [row for row in self.records if row.kind == kind]


def asking(keys: Sequence[Key], known: Mapping[Key, Incident] | None) -> Asking[list[Facts]]:
    """Ask for the facts of each incident, in the order given; the incidents themselves are read
    where they are not known yet. Two statements."""
    at = now()
    wanted = {"projects": [key[0] for key in keys], "incidents": [key[1] for key in keys]}
    runs, approvals, records, incidents = yield (
        together.spaces(_RUNS, wanted),
        together.spaces(_APPROVALS, wanted),
        together.spaces(_RECORDS, wanted),
        together.objects(_incidents(keys) if known is None else Incident.objects.none()),
    )
    if known is None:
        known = {(one.project_id, one.incident_id): one for one in incidents}
    found = {key: Facts(*key, known.get(key), at) for key in keys}
    _add(found, "runs", runs, "created_at", newest_first=True)
    _add(found, "approvals", approvals, "requested_at", newest_first=True)
    _add(found, "records", records, "at", newest_first=True)
    yield from _asking_of_runs(found)
    return list(found.values())


def _incidents(keys: Sequence[Key]) -> QuerySet[Incident]:
    return Incident.objects.filter(
        project_id__in={project for project, _ in keys},
        incident_id__in=[ident for _, ident in keys],
    )


def _asking_of_runs(found: Mapping[Key, Facts]) -> Asking[None]:
    pairs = [(facts, run) for facts in found.values() for run in facts.runs]
    if not pairs:
        return
    wanted = {
        "projects": [facts.project_id for facts, _ in pairs],
        "incidents": [facts.incident_id for facts, _ in pairs],
        "runs": [run.run_id for _, run in pairs],
        "refs": [run.trigger_ref for _, run in pairs],
        "events": [_uuid(run.trigger_ref) for _, run in pairs],
    }
    events, findings = yield together.spaces(_EVENTS, wanted), together.spaces(_FINDINGS, wanted)
    _add(found, "events", events, "received_at")
    _add(found, "findings", findings, "at")


def _add(
    found: Mapping[Key, Facts],
    name: str,
    rows: Sequence[Row],
    moment: str,
    *,
    newest_first: bool = False,
) -> None:
    by_key: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        by_key[row.of_project, row.of_incident].append(row)
    for key, some in by_key.items():
        some.sort(key=lambda row: getattr(row, moment), reverse=newest_first)
        setattr(found[key], name, some)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
