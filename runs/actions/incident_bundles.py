"""Bundle all that is on record about one incident, for somebody who verifies it offline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from awooop import permissions
from awooop.actions import audit_exports
from awooop.audit_proof.archive import Archive
from awooop.callers import Caller
from awooop.models import AuditRecord, Note
from awooop.models.note import NoteSubject
from awooop.redaction import redact_json
from runs import status_chain
from runs.models import (
    Approval,
    ApprovalToken,
    ApprovalVote,
    ChannelEvent,
    Evidence,
    Execution,
    Incident,
    LegacyMcpRecord,
    McpCall,
    OutboundMessage,
    RemediationRecord,
    Run,
    RunIncident,
    Step,
)
from runs.selectors import incidents

KIND = "incident_bundle"
# So many rows of each file; what is beyond is counted in the manifest.
AT_MOST = 20_000
Rows = QuerySet[Any]


@transaction.atomic
def bundle(*, by: Caller, project_id: str, incident_id: str) -> audit_exports.Exported:
    """Answer one incident's chain as an archive: runs, steps, calls, decisions, messages, evidence,
    and the audit records about them with their proof.

    Secrets are redacted. Leaves an audit record. Raises NotFound, NotAllowed, Conflict where the
    audit chain is broken or too long in between.
    """
    permissions.check_can(by, audit_exports.OPERATION, project_id)
    incident = incidents.get([project_id], incident_id)
    archive, left_out = Archive(), {}
    rows = _rows(incident)
    for name, found in rows.items():
        archive.add_rows(f"{name}.json", _plain(found[:AT_MOST]))
        beyond = found.count() - AT_MOST
        if beyond > 0:
            left_out[name] = beyond
    stages = status_chain.of_incidents([incident])[incident.pk].stages
    drawn = [{"stage": name, **asdict(stage)} for name, stage in stages.items()]
    archive.add_rows("status_chain.json", [redact_json(each)[0] for each in drawn])
    learned = incidents.contributed("knowledge", incident)
    archive.add_rows("knowledge.json", [redact_json(each)[0] for each in learned])
    manifest = {
        "kind": KIND,
        "type": "incident",
        "subject": incident_id,
        "rows_left_out": left_out,
    }
    return audit_exports.bundle(
        by=by,
        archive=archive,
        project_id=project_id,
        manifest=manifest,
        seqs=_seqs(incident, rows),
    )


def _rows(incident: Incident) -> dict[str, Rows]:
    """Answer what is bundled, by its file's name."""
    project = {"project_id": incident.project_id}
    mine = {**project, "incident_id": incident.incident_id}
    linked = RunIncident.objects.filter(**mine).values("run_id")
    of_runs = {**project, "run_id__in": linked}
    approvals = Approval.objects.filter(**mine)
    events = Q(run_id__in=linked) | Q(
        provider_event_id__in=Run.objects.filter(**of_runs)
        .exclude(trigger_ref="")
        .values("trigger_ref")
    )
    return {
        "incident": Incident.objects.filter(**project, pk=incident.pk),
        "runs": Run.objects.filter(**of_runs).order_by("created_at", "run_id"),
        "steps": Step.objects.filter(**of_runs).order_by("run_id", "step_seq"),
        "mcp_calls": McpCall.objects.filter(**of_runs).order_by("created_at", "pk"),
        "legacy_mcp_records": _of(LegacyMcpRecord, mine),
        "approvals": approvals.order_by("requested_at", "id"),
        "votes": ApprovalVote.objects.filter(approval__in=approvals).order_by("created_at", "pk"),
        "tokens": ApprovalToken.objects.filter(approval__in=approvals).order_by("issued_at", "pk"),
        "executions": _of(Execution, mine),
        "evidence": Evidence.objects.filter(**mine).order_by("collected_at", "pk"),
        "remediation_records": _of(RemediationRecord, mine),
        "inbound_events": ChannelEvent.objects.filter(events, **project).order_by(
            "received_at", "pk"
        ),
        "messages": OutboundMessage.objects.filter(
            Q(run_id__in=linked) | Q(incident_id=incident.incident_id), **project
        ).order_by("queued_at", "pk"),
        "notes": Note.objects.filter(
            **project,
            subject_type=NoteSubject.INCIDENT,
            subject_id=incident.incident_id,
            struck_at=None,
        ).order_by("created_at", "pk"),
    }


def _of(model: Any, mine: dict[str, Any]) -> Rows:
    return model.objects.filter(**mine).order_by("created_at", "pk")


def _plain(rows: Rows) -> Iterator[dict[str, Any]]:
    for row in rows.values():
        yield redact_json(row)[0]


def _seqs(incident: Incident, rows: dict[str, Rows]) -> Iterable[int]:
    """Answer the numbers of the audit records about the incident, its runs and its decisions."""
    records = AuditRecord.objects.filter(project_id=incident.project_id)
    subjects = {
        "incident": [incident.incident_id],
        "run": _keys(rows["runs"]),
        "approval": _keys(rows["approvals"]),
        "approval_token": _keys(rows["tokens"]),
        "message": _keys(rows["messages"]),
    }
    found: set[int] = set()
    for kind, idents in subjects.items():
        about = records.filter(resource_type=kind, resource_id__in=idents)
        found.update(about.values_list("seq", flat=True))
    of_runs = records.filter(run_id__in=rows["runs"].order_by().values("run_id"))
    found.update(of_runs.values_list("seq", flat=True))
    return found


def _keys(rows: Rows) -> list[str]:
    return [str(key) for key in rows.values_list("pk", flat=True)[:AT_MOST]]
