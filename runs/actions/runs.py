"""Create, claim, heartbeat and end runs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from awooop import bulk, permissions, stops
from awooop.callers import Caller
from awooop.canonical import fingerprint
from awooop.clock import now
from awooop.errors import Conflict
from awooop.redaction import redact
from runs import policies
from runs.actions import links
from runs.actions.transitions import open_run, transition
from runs.models import Incident, IncidentStatus, Run, RunIncident, RunState


@transaction.atomic
def create(*, by: Caller, project_id: str, run_id: UUID | None, **body: Any) -> tuple[Run, bool]:
    """Create a run; answers it and whether it is new.

    The same `run_id` with the same body again is the same run; with another body, Conflict.
    """
    permissions.check_can_write(by, "ingest", project_id)
    if body.get("error_detail"):
        body["error_detail"] = redact(body["error_detail"]).text
    run = Run(project_id=project_id, body_fingerprint=fingerprint(body), **body)
    if run_id is not None:
        run.run_id = run_id
    run.created_at = now()
    if bulk.insert_new([run]):
        links.for_new_runs([run])
        run.refresh_from_db()
        return run, True
    return _same_again(run), False


def _same_again(run: Run) -> Run:
    held = Run.objects.filter(run_id=run.run_id).first()
    if held is None:  # of a project that the caller may not see: say no more than that
        raise Conflict(_("This run_id cannot be used."), code="run_id_taken")
    same = (held.project_id, held.body_fingerprint) == (run.project_id, run.body_fingerprint)
    if not same:
        raise Conflict(_("This run_id is taken by a run with another body."), code="run_id_taken")
    return held


@transaction.atomic
def claim(*, by: Caller, project_id: str, agent_id: str, worker_id: str) -> Run | None:
    """Hand the oldest pending run of an agent to exactly one worker, or answer None.

    Raises Stopped where the project or the agent is stopped: what waits goes on waiting.
    """
    permissions.check_can_write(by, "ingest", project_id)
    stops.check(project_id, agent_id=agent_id)
    at = now()
    run = (
        Run.objects.select_for_update(skip_locked=True)
        .filter(project_id=project_id, agent_id=agent_id, state=RunState.PENDING)
        .exclude(timeout_at__lte=at)
        .order_by("created_at")
        .first()
    )
    if run is None:
        return None
    transition(
        run,
        RunState.RUNNING,
        by=by,
        worker_id=worker_id,
        worker_key=by.api_key.origin if by.api_key else "",
        started_at=run.started_at or at,
    )
    _mark_investigating(run)
    return run


def _mark_investigating(run: Run) -> None:
    linked = RunIncident.objects.filter(run=run).values("incident_id")
    fresh = Incident.objects.filter(
        project_id=run.project_id, incident_id__in=linked, status=IncidentStatus.OPEN
    )
    # In one order everywhere, so that two claims of the same incidents cannot wait for each other.
    keys = list(fresh.select_for_update().order_by("pk").values_list("pk", flat=True))
    if keys:
        Incident.objects.filter(pk__in=keys).update(status=IncidentStatus.INVESTIGATING)


@transaction.atomic
def heartbeat(
    *, by: Caller, run_id: UUID, worker_id: str | None = None, project_id: str | None = None
) -> Run:
    """Note that the run's worker is alive, and answer the run: its state tells what has become of
    it.

    Raises NotFound, or Conflict for a worker that does not hold it.
    """
    run = _held_run(by, run_id, worker_id, project_id)
    if run.state == RunState.RUNNING:
        run.heartbeat_at = now()
        run.save(update_fields=["heartbeat_at"])
    return run


@transaction.atomic
def report_transition(
    *,
    by: Caller,
    run_id: UUID,
    state: str,
    worker_id: str | None = None,
    error_code: str | None = None,
    error_detail: str | None = None,
    cost_usd: Decimal | None = None,
    project_id: str | None = None,
) -> Run:
    """Take a worker's word for its own run; raises NotFound or Conflict.

    `pending` gives the run back for another attempt, as long as one is left.
    """
    run = _held_run(by, run_id, worker_id, project_id)
    policies.check_worker_can_transition(run, state)
    values: dict[str, Any] = {} if cost_usd is None else {"cost_usd": cost_usd}
    if state == RunState.PENDING:
        if not has_attempt_left(run):
            raise Conflict(
                _("No attempt is left: the run cannot go back to the queue."),
                code="no_attempt_left",
                state=run.state,
            )
        values["attempt_count"] = run.attempt_count + 1
    detail = redact(error_detail).text[:10_000] if error_detail else error_detail
    return transition(run, state, by=by, error_code=error_code, error_detail=detail, **values)


def has_attempt_left(run: Run) -> bool:
    """Whether one more attempt stays within the run's bound."""
    return run.attempt_count + 1 < run.max_attempts


@transaction.atomic
def cancel(*, by: Caller, run_id: UUID, reason: str, project_id: str | None = None) -> Run:
    """Cancel a run by a person's decision; raises NotFound, NotAllowed or Conflict."""
    run = open_run(by, "run.cancel", run_id, project_id)
    return transition(
        run,
        RunState.CANCELLED,
        by=by,
        error_code="E-RUN-CANCELLED",
        error_detail=redact(reason).text[:500],
        audit_action="run.cancel",
    )


def _held_run(by: Caller, run_id: UUID, worker_id: str | None, project_id: str | None) -> Run:
    run = open_run(by, "ingest", run_id, project_id)
    worker_key = by.api_key.origin if by.api_key else ""
    policies.check_holds(run, worker_key=worker_key, worker_id=worker_id)
    return run
