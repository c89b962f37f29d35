"""Writes of records: one, or a list of up to 1,000, all or nothing."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from ninja import Status

from awooop.rest import INGEST, PROBLEMS
from runs.actions import (
    channel_events,
    incident_records,
    mcp_records,
    messages,
    new_incidents,
    steps,
)
from runs.actions.batches import Written
from runs.api.base import router
from runs.schemas import records
from runs.schemas.input_fields import IncidentId
from runs.schemas.receipts import EventsOut, StepsOut, WrittenOut

_WRITTEN = {200: WrittenOut, 201: WrittenOut, **PROBLEMS}
_TAGS = ["ingest"]


@router.post(
    "/platform/runs/{run_id}/steps",
    response={200: StepsOut, 201: StepsOut, **PROBLEMS},
    auth=INGEST,
    tags=_TAGS,
)
def add_steps(request: HttpRequest, run_id: UUID, batch: records.Steps):
    """Journal a run's steps. The same `step_seq` with the same tool again is a no-op.

    Taken by a step of another tool, it is a 409 `step_seq_taken` that tells `next_step_seq`.
    """
    done = steps.add(by=request.caller, run_id=run_id, batch=batch)
    body = {
        **vars(done.written),
        "run_id": run_id,
        "step_count": done.run.step_count,
        "next_step_seq": steps.next_seq(done.run),
    }
    return Status(_status(done.written), body)


@router.post("/platform/runs/{run_id}/mcp-calls", response=_WRITTEN, auth=INGEST, tags=_TAGS)
def add_mcp_calls(request: HttpRequest, run_id: UUID, batch: records.McpCalls):
    """Journal a run's gateway calls. The same `call_id` again is a no-op."""
    return _answer(mcp_records.add_calls(by=request.caller, run_id=run_id, batch=batch))


@router.post("/platform/runs/{run_id}/messages", response=_WRITTEN, auth=INGEST, tags=_TAGS)
def add_messages(request: HttpRequest, run_id: UUID, batch: records.Messages):
    """Journal a run's messages; those `queued` go out. The same `message_id` again is a no-op."""
    return _answer(messages.add(by=request.caller, run_id=run_id, batch=batch))


@router.post(
    "/platform/channel-events",
    response={200: EventsOut, 201: EventsOut, **PROBLEMS},
    auth=INGEST,
    tags=_TAGS,
)
def add_channel_events(request: HttpRequest, batch: records.ChannelEvents):
    """Store inbound events. A repeat of a `provider_event_id` in its channel is a duplicate.

    Duplicates are stored and marked; the same `event_id` again is a no-op.
    """
    return _answer(channel_events.add(by=request.caller, batch=batch))


@router.post("/platform/incidents", response=_WRITTEN, auth=INGEST, tags=_TAGS)
def add_incidents(request: HttpRequest, batch: records.Incidents):
    """Open incidents. The same `incident_id` again is a no-op; without one a fresh id is made."""
    return _answer(new_incidents.add(by=request.caller, batch=batch))


@router.post(
    "/platform/incidents/{incident_id}/executions", response=_WRITTEN, auth=INGEST, tags=_TAGS
)
def add_executions(request: HttpRequest, incident_id: IncidentId, batch: records.Executions):
    """Journal executions, each counted in its playbook's record. The same `id` again is a no-op."""
    return _answer(
        incident_records.add_executions(by=request.caller, incident_id=incident_id, batch=batch)
    )


@router.post(
    "/platform/incidents/{incident_id}/evidence", response=_WRITTEN, auth=INGEST, tags=_TAGS
)
def add_evidence(request: HttpRequest, incident_id: IncidentId, batch: records.EvidenceRecords):
    """Journal the verification of executions. The same `id` again is a no-op."""
    return _answer(
        incident_records.add_evidence(by=request.caller, incident_id=incident_id, batch=batch)
    )


@router.post(
    "/platform/incidents/{incident_id}/remediations", response=_WRITTEN, auth=INGEST, tags=_TAGS
)
def add_remediations(request: HttpRequest, incident_id: IncidentId, batch: records.Remediations):
    """Journal dry runs and executions of remedies. The same `id` again is a no-op."""
    return _answer(
        incident_records.add_remediations(by=request.caller, incident_id=incident_id, batch=batch)
    )


@router.post("/platform/mcp/legacy-records", response=_WRITTEN, auth=INGEST, tags=_TAGS)
def add_legacy_records(request: HttpRequest, batch: records.LegacyMcpRecords):
    """Journal tool calls made outside the gateway. The same `id` again is a no-op."""
    return _answer(mcp_records.add_legacy(by=request.caller, batch=batch))


def _answer(written: Written) -> Status:
    return Status(_status(written), vars(written))


def _status(written: Written) -> int:
    """201 where something was stored, 200 where everything was there."""
    return 201 if written.written else 200
