"""Journal tool calls: those that went through the gateway, and those made outside of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from awooop.callers import Caller
from runs.actions import batches, remediation
from runs.actions.batches import Batch, Written
from runs.actions.transitions import lock_run
from runs.models import LegacyMcpRecord, McpCall, Run


@transaction.atomic
def add_calls(*, by: Caller, run_id: UUID, batch: Batch) -> Written:
    """Journal a run's gateway calls; the same `call_id` again is a no-op.

    Raises NotFound, NotAllowed, or Conflict for an id that is another's.
    """
    run = lock_run(run_id, by.projects)
    batches.permit(by, run.project_id, batch)
    calls = batches.build(McpCall, batch, lambda row: _call(run, row))
    inserted = batches.insert(batch, calls, project_id=run.project_id, run_id=run.run_id)
    return batches.summed_up("mcp_call", run.project_id, calls, inserted)


def _call(run: Run, row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "project_id": run.project_id,
        "run_id": run.run_id,
        "agent_id": row["agent_id"] or run.agent_id,
        "block_reason": batches.clean(row["block_reason"], 500),
        "gate_result": batches.clean_json(row["gate_result"]),
    }


@transaction.atomic
def add_legacy(*, by: Caller, batch: Batch) -> Written:
    """Journal calls made outside the gateway; the same `id` again is a no-op.

    Keeps the remediation status of the runs of their incidents right. Raises NotFound, NotAllowed,
    Invalid, or Conflict for an id that is another's.
    """
    project_id = batches.project_of(by, batch)
    batches.permit(by, project_id, batch)
    incident_ids = {row["incident_id"] for row in batch.rows} - {""}
    remediation.lock_incidents(project_id, incident_ids)
    records = batches.build(LegacyMcpRecord, batch, lambda row: _legacy(project_id, row))
    inserted = batches.insert(batch, records, project_id=project_id)
    if inserted:
        remediation.refresh_incidents(project_id, incident_ids)
    return batches.summed_up("legacy_mcp_record", project_id, records, inserted)


def _legacy(project_id: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "project_id": project_id,
        "error_message": batches.clean(row["error_message"], 2_000),
    }
