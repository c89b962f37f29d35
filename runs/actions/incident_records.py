"""Journal what was done about an incident: executions, their evidence, remediation records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from awooop.callers import Caller
from runs.actions import batches, playbooks, remediation, sli_totals
from runs.actions.batches import Batch, Written
from runs.models import Evidence, Execution, Playbook, RemediationRecord, Run


@transaction.atomic
def add_executions(*, by: Caller, incident_id: str, batch: Batch) -> Written:
    """Journal executions, each counted once in its playbook's record; the same `id` is a no-op.

    Raises NotFound, NotAllowed, Invalid, or Conflict for an id that is another's.
    """
    project_id = _open(by, incident_id, batch)
    _check_runs(batch, project_id)
    recipes = Playbook.objects.filter(project_id=project_id).select_for_update(no_key=True)
    used = batches.referred(batch, "playbook_id", "playbook", recipes)
    make = _columns(project_id, incident_id, error_message=lambda text: batches.clean(text, 2_000))
    executions = batches.build(Execution, batch, make)
    inserted = batches.insert(batch, executions, project_id=project_id, incident_id=incident_id)
    new = {each.pk: each for each in reversed(executions) if each.pk in inserted}
    playbooks.note_executions(used, new.values())
    sli_totals.note_executions(project_id, new.values())
    return batches.summed_up("execution", project_id, executions, inserted)


@transaction.atomic
def add_evidence(*, by: Caller, incident_id: str, batch: Batch) -> Written:
    """Journal the verification of executions; the same `id` again is a no-op.

    Raises NotFound, NotAllowed, Invalid, or Conflict for an id that is another's.
    """
    project_id = _open(by, incident_id, batch)
    _check_runs(batch, project_id)
    executions = Execution.objects.filter(project_id=project_id).only("id")
    batches.referred(batch, "execution_id", "execution", executions)
    make = _columns(project_id, incident_id, snapshot=batches.clean_json)
    evidence = batches.build(Evidence, batch, make)
    inserted = batches.insert(batch, evidence, project_id=project_id, incident_id=incident_id)
    new = {each.pk: each for each in reversed(evidence) if each.pk in inserted}
    sli_totals.note_evidence(project_id, new.values())
    return batches.summed_up("evidence", project_id, evidence, inserted)


@transaction.atomic
def add_remediations(*, by: Caller, incident_id: str, batch: Batch) -> Written:
    """Journal dry runs and executions of remedies; the same `id` again is a no-op.

    Keeps the remediation status of the incident's runs right. Raises NotFound, NotAllowed, or
    Conflict for an id that is another's.
    """
    project_id = _open(by, incident_id, batch)
    remediation.lock_incidents(project_id, {incident_id})
    make = _columns(
        project_id,
        incident_id,
        verification_result_preview=lambda text: batches.clean(text, 500),
        details=batches.clean_json,
    )
    records = batches.build(RemediationRecord, batch, make)
    inserted = batches.insert(batch, records, project_id=project_id, incident_id=incident_id)
    if inserted:
        remediation.refresh_incidents(project_id, {incident_id})
    return batches.summed_up("remediation", project_id, records, inserted)


def _open(by: Caller, incident_id: str, batch: Batch) -> str:
    project_id = batches.incident_project(by, incident_id)
    batches.permit(by, project_id, batch)
    return project_id


def _check_runs(batch: Batch, project_id: str) -> None:
    runs = Run.objects.filter(project_id=project_id).only("run_id")
    batches.referred(batch, "run_id", "run", runs)


def _columns(
    project_id: str, incident_id: str, **cleaners: Callable[[Any], Any]
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def make(row: dict[str, Any]) -> dict[str, Any]:
        cleaned = {name: cleaner(row[name]) for name, cleaner in cleaners.items()}
        return {**row, **cleaned, "project_id": project_id, "incident_id": incident_id}

    return make
