"""Say what an action of the remediation queue would do, and keep that it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from awooop import permissions, stops
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, NotFound
from awooop.languages import kept_in_english
from awooop.models import Project
from runs.actions import remediation
from runs.gateway import facts
from runs.gateway.gates import Question, Verdict, judge
from runs.models import Evidence, GateScope, RemediationMode, RemediationRecord
from runs.selectors import remediation_queue


@dataclass(frozen=True)
class DryRun:
    """What was evaluated: the item of the queue, what the gates say, and the record of it."""

    item: dict[str, Any]
    verdict: Verdict
    record: RemediationRecord


@transaction.atomic
def dry_run(*, by: Caller, work_item_id: str) -> DryRun:
    """Evaluate an item's action by the gateway's gates with scope `read`; changes no incident.

    Raises NotFound, NotAllowed, or Conflict `not_in_queue` where something has mended it since.
    """
    evidence = _evidence(by, work_item_id)
    project_id = evidence.project_id
    permissions.check_can_write(by, "governance.act", project_id)
    remediation.lock_incidents(project_id, [evidence.incident_id])
    item = remediation_queue.one([project_id], evidence.pk)
    if item is None:
        raise Conflict(
            _("Nothing is left to be done about this evidence: it was mended, or is too old."),
            code="not_in_queue",
        )
    agent_id, verdict = _judge(project_id, item)
    record = _keep(work_item_id, item, agent_id, verdict)
    remediation.refresh_incidents(project_id, [evidence.incident_id])
    _record(by, record, item, verdict)
    return DryRun(item, verdict, record)


def _evidence(by: Caller, work_item_id: str) -> Evidence:
    wanted: UUID | None = remediation_queue.evidence_of(work_item_id)
    found = Evidence.objects.filter(pk=wanted, project_id__in=by.projects).first()
    if wanted is None or found is None:
        raise NotFound(_("No such work item, or none that you may see."))
    return found


@kept_in_english
def _judge(project_id: str, item: dict[str, Any]) -> tuple[str, Verdict]:
    project = Project.objects.get(pk=project_id)
    agent_id = item["agent_id"] or project.default_agent_id
    contract = facts.contract_of(project_id, agent_id)
    tool = tool_of(item["action"])
    stop = stops.of_call(stops.open_in([project_id]), project_id, agent_id=agent_id, tool_name=tool)
    question = Question(
        tools=facts.tools_of(contract),
        contract=str(contract) if contract else agent_id,
        tool=tool,
        scope=GateScope.READ,
        is_project_active=project.is_active,
        over_budget=facts.over_budget(project, now()),
        is_shadow=facts.is_shadow(project, None),
        stopped=stops.told(stop) if stop else "",
    )
    return agent_id, judge(question)


def tool_of(action: str) -> str:
    """Answer the tool by which an agent does the action; a contract grants it."""
    return f"remediation.{action}"


def _keep(
    work_item_id: str, item: dict[str, Any], agent_id: str, verdict: Verdict
) -> RemediationRecord:
    return RemediationRecord.objects.create(
        project_id=item["project_id"],
        incident_id=item["incident_id"],
        work_item_id=work_item_id,
        mode=RemediationMode.DRY_RUN,
        agent_id=agent_id,
        tool_name=tool_of(item["action"]),
        required_scope=GateScope.READ,
        allowed=not verdict.is_refused,
        success=True,
        verification_result_preview=_preview(item, verdict),
        writes_incident_state=False,
        writes_auto_repair_result=False,
        details={
            "action": item["action"],
            "ready_for_ai": item["ready_for_ai"],
            "playbook": item["playbook"],
            "attempts": item["attempts"],
            "block_gate": verdict.gate,
            "gate_result": verdict.result,
        },
    )


def _preview(item: dict[str, Any], verdict: Verdict) -> str:
    said = f"the gateway would refuse: {verdict.reason}" if verdict.gate else "the gateway agrees"
    return f"{item['action']} ({item['why']}) {said}"[:500]


def _record(by: Caller, record: RemediationRecord, item: dict[str, Any], verdict: Verdict) -> None:
    details = {
        "incident_id": record.incident_id,
        "action": item["action"],
        "allowed": record.allowed,
        "block_gate": verdict.gate,
    }
    entry = audit.Entry("remediation.dry_run", "work_item", record.work_item_id, details)
    audit.append(project_id=record.project_id, by=by, entry=entry)
