"""Writes about one run or incident: create, claim, report, ask, end."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from ninja import Status

from awooop import permissions, stops
from awooop.callers import Caller
from awooop.rest import INGEST, PROBLEMS
from runs.actions import approvals, batches, incidents, runs, steps, tokens
from runs.api.base import router
from runs.models import Approval, Run
from runs.schemas import inputs
from runs.schemas.input_fields import IncidentId
from runs.schemas.receipts import ApprovalOut, HeartbeatOut, ResolvedOut, RunOut, TokenOut

_RUN = {200: RunOut, **PROBLEMS}
_TAGS = ["runs"]


@router.post(
    "/platform/runs", response={200: RunOut, 201: RunOut, **PROBLEMS}, auth=INGEST, tags=_TAGS
)
def create_run(request: HttpRequest, body: inputs.RunIn):
    """Queue a run: 201; the same `run_id` and body again is 200, with another body 409."""
    values = body.model_dump(exclude={"project_id", "run_id"})
    project_id = permissions.writable_project(request.caller, body.project_id)
    run, is_new = runs.create(
        by=request.caller, project_id=project_id, run_id=body.run_id, **values
    )
    return Status(201 if is_new else 200, _run(run))


@router.post(
    "/platform/runs/claim", response={200: RunOut, 204: None, **PROBLEMS}, auth=INGEST, tags=_TAGS
)
def claim_run(request: HttpRequest, body: inputs.ClaimIn):
    """Hand the agent's oldest pending run to this worker and no other; 204 where none waits."""
    project_id = permissions.writable_project(request.caller, body.project_id)
    run = runs.claim(
        by=request.caller,
        project_id=project_id,
        agent_id=body.agent_id,
        worker_id=body.worker_id,
    )
    return Status(200, _run(run)) if run else Status(204, None)


@router.post(
    "/platform/runs/{run_id}/heartbeat",
    response={200: HeartbeatOut, **PROBLEMS},
    auth=INGEST,
    tags=_TAGS,
)
def heartbeat(request: HttpRequest, run_id: UUID, body: inputs.WorkerIn | None = None):
    """Say that the worker lives. The answer's `state` tells what has become of the run, its `stop`
    and `stopped_tools` what the kill switch holds back."""
    body = body or inputs.WorkerIn()
    run = runs.heartbeat(by=request.caller, run_id=run_id, **body.model_dump())
    return {**_run(run), **_stopped(run)}


@router.post("/platform/runs/{run_id}/transition", response=_RUN, auth=INGEST, tags=_TAGS)
def report_transition(request: HttpRequest, run_id: UUID, body: inputs.TransitionIn):
    """Report a state; only the worker that holds the run may. `pending` gives the run back."""
    return _run(runs.report_transition(by=request.caller, run_id=run_id, **body.model_dump()))


@router.post("/platform/runs/{run_id}/cancel", response=_RUN, auth=INGEST, tags=_TAGS)
def cancel_run(request: HttpRequest, run_id: UUID, body: inputs.CancelIn):
    """End a run that is not final yet, with a reason."""
    return _run(runs.cancel(by=request.caller, run_id=run_id, **body.model_dump()))


@router.post(
    "/platform/runs/{run_id}/approval-requests",
    response={201: ApprovalOut, **PROBLEMS},
    auth=INGEST,
    tags=_TAGS,
)
def request_approval(request: HttpRequest, run_id: UUID, body: inputs.ApprovalRequestIn):
    """Ask for a person's decision on an action: the run waits, the operators are told."""
    asked = approvals.request(by=request.caller, run_id=run_id, **body.model_dump())
    return Status(201, approval_out(asked))


@router.post(
    "/platform/runs/{run_id}/approval-token",
    response={200: TokenOut, **PROBLEMS},
    auth=INGEST,
    tags=_TAGS,
)
def fetch_token(request: HttpRequest, run_id: UUID, body: inputs.WorkerIn | None = None):
    """Fetch the token of the approval that was given, for the worker that holds the run."""
    body = body or inputs.WorkerIn()
    token, text = tokens.fetch(by=request.caller, run_id=run_id, **body.model_dump())
    return {
        "run_id": run_id,
        "tool_name": token.tool_name,
        "approval_token_jti": token.jti,
        "approval_token": text,
        "expires_at": token.expires_at,
    }


@router.post(
    "/platform/incidents/{incident_id}/resolve",
    response={200: ResolvedOut, **PROBLEMS},
    auth=INGEST,
    tags=_TAGS,
)
def resolve_incident(request: HttpRequest, incident_id: IncidentId, body: inputs.ResolveIncidentIn):
    """Resolve an incident; again is a no-op that says so (`already_resolved`)."""
    by: Caller = request.caller
    project_id = batches.incident_project(by, incident_id, body.project_id)
    incident, is_new = incidents.resolve(
        by=by,
        project_id=project_id,
        incident_id=incident_id,
        resolution_type=body.resolution_type,
    )
    fields = ResolvedOut.model_fields.keys() - {"already_resolved"}
    return {
        **{name: getattr(incident, name) for name in fields},
        "already_resolved": not is_new,
    }


def _run(run: Run) -> dict:
    links = run.incident_links.order_by("position").values_list("incident_id", flat=True)
    more = {"next_step_seq": steps.next_seq(run), "incident_ids": list(links)}
    fields = RunOut.model_fields.keys() - more.keys()
    return {**{name: getattr(run, name) for name in fields}, **more}


def _stopped(run: Run) -> dict:
    found = stops.open_in([run.project_id])
    tools = {stop.tool_name for stop in found if stop.tool_name}
    stop = stops.of_call(found, run.project_id, agent_id=run.agent_id)
    return {"stop": stop, "stopped_tools": sorted(tools)}


def approval_out(approval: Approval) -> dict:
    """Answer an approval as `ApprovalOut`."""
    fields = ApprovalOut.model_fields.keys() - {"approval_id"}
    values = {name: getattr(approval, name) for name in fields}
    return {**values, "approval_id": approval.pk}
