"""The SLOs with what verification has left to do; dry runs of that, and their history."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from pydantic import Field

from awooop import permissions
from awooop.rest import GOVERN, PROBLEMS, READ
from governance.selectors import slo
from runs.actions import remediation_dry_run
from runs.api.base import router
from runs.models import GateScope
from runs.schemas.input_fields import IncidentId
from runs.schemas.outputs_remediation import DryRunOut, History, Slos
from runs.selectors import remediation_queue

Limit = Annotated[int, Field(ge=1, le=200)]
_TAGS = ["governance"]


@router.get("/ai/slo", response={200: Slos, **PROBLEMS}, auth=READ, tags=_TAGS, by_alias=True)
def read_slos(request: HttpRequest, project_id: str | None = None, limit: Limit = 50):
    """The latest evaluation of each project's SLOs, and the remediation queue's newest items."""
    projects = permissions.readable_projects(request.caller, project_id)
    evaluations = [_evaluation(one) for one in slo.latest(projects).values()]
    found = remediation_queue.queue(projects, limit=limit)
    return {
        "evaluations": evaluations,
        "adr100": {"verification_coverage": {"remediation_queue": found}},
    }


def _evaluation(found: slo.Evaluation) -> dict[str, Any]:
    return {
        "project_id": found.project_id,
        "evaluated_at": found.evaluated_at,
        "is_stale": found.is_stale,
        "slos": {verdict["name"]: verdict for verdict in found.verdicts},
        "_meta": found.meta,
    }


@router.get(
    "/ai/slo/remediation/history", response={200: History, **PROBLEMS}, auth=READ, tags=_TAGS
)
def list_remediation_history(
    request: HttpRequest,
    project_id: str | None = None,
    incident_id: IncidentId | None = None,
    limit: Limit = 50,
):
    """Records of the remediation queue's work items, newest first."""
    projects = permissions.readable_projects(request.caller, project_id)
    return remediation_queue.history(projects, incident_id=incident_id, limit=limit)


@router.post(
    "/ai/slo/remediation/{work_item_id}/dry-run",
    response={200: DryRunOut, **PROBLEMS},
    auth=GOVERN,
    tags=_TAGS,
)
def dry_run_remediation(request: HttpRequest, work_item_id: str):
    """Evaluate what the item's action would do, by the gateway's gates with scope `read`; only the
    record of it is written."""
    done = remediation_dry_run.dry_run(by=request.caller, work_item_id=work_item_id)
    return {
        "work_item_id": work_item_id,
        "action": done.item["action"],
        "ready_for_ai": done.item["ready_for_ai"],
        "why": done.item["why"],
        "allowed": done.record.allowed,
        "block_gate": done.verdict.gate,
        "block_reason": done.verdict.reason,
        "gate_result": done.verdict.result,
        "required_scope": GateScope.READ,
        "record_id": done.record.pk,
        "incident_id": done.record.incident_id,
        "writes_incident_state": False,
        "writes_auto_repair_result": False,
    }
