"""Write the month into the database: all of it or nothing, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Model

from awooop import callers, clock, tenancy
from awooop.actions import audit, projects
from awooop.callers import Caller
from awooop.errors import Conflict
from awooop.models import ContractRevision, Project, Stop
from governance.models import (
    Dispatch,
    DriftFingerprint,
    GovernanceEvent,
    SelfCheckCycle,
    SloSample,
)
from runs.actions import links, remediation
from runs.demo import contributions, history
from runs.demo.chapter import Chapter, Recorded
from runs.demo.contracts import BUDGET_USD
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
    Playbook,
    RemediationRecord,
    Run,
    Step,
)

Tell = Callable[[str], None]
BATCH = 500
_OPENED = timedelta(days=58)
# Each after what it refers to.
ORDER: dict[str, type[Model]] = {
    "contract_revisions": ContractRevision,
    "playbooks": Playbook,
    "incidents": Incident,
    "runs": Run,
    "steps": Step,
    "mcp_calls": McpCall,
    "legacy_mcp_records": LegacyMcpRecord,
    "remediation_records": RemediationRecord,
    "executions": Execution,
    "evidence": Evidence,
    "channel_events": ChannelEvent,
    "outbound_messages": OutboundMessage,
    "approvals": Approval,
    "approval_votes": ApprovalVote,
    "approval_tokens": ApprovalToken,
    "governance_events": GovernanceEvent,
    "dispatches": Dispatch,
    "self_check_cycles": SelfCheckCycle,
    "slo_samples": SloSample,
    "drift_fingerprints": DriftFingerprint,
    "stops": Stop,
}
_FILLED = (Run, Incident, ChannelEvent, ContractRevision, Playbook)


def make(*, project_id: str, tell: Tell) -> dict[str, int] | None:
    """Fill a demo project with a month that ends now; answers how many rows of what.

    Answers None, and does nothing, where its history is there already. Raises Conflict where the
    project is a real one.
    """
    by = callers.system("demo", [project_id])
    at = clock.now()
    with tenancy.scope([project_id]):
        project = _project(by, project_id, at)
        if Run.objects.filter(project_id=project_id).exists():
            return None
        tell("telling the month")
        book = history.tell(project_id, at, project.timezone)
        _insert(book, tell)
        _settle(book, tell)
        _record(project_id, book.records, tell)
        tell("what other rooms add")
        contributed = contributions.write(project_id, at)
    counts = {name: len(book.of(model)) for name, model in ORDER.items()}
    counts["audit_records"] = len(book.records)
    return counts | {name: counts.get(name, 0) + more for name, more in contributed.items()}


def _project(by: Caller, project_id: str, at: datetime) -> Project:
    """Answer the project, locked: a new one, the demo project, or an empty one that becomes it."""
    project = Project.objects.select_for_update().filter(project_id=project_id).first()
    if project is None:
        return _new_project(by, project_id, at)
    if not project.is_demo:
        if any(model.objects.filter(project_id=project_id).exists() for model in _FILLED):
            raise Conflict(
                f"The project {project_id} has a history of its own; the demo leaves it alone.",
                code="not_a_demo",
            )
        project.is_demo = True
        project = projects.update(by=by, project=project)
    return project


def _new_project(by: Caller, project_id: str, at: datetime) -> Project:
    with clock.set_to(at - _OPENED):
        return projects.create(
            by=by,
            project_id=project_id,
            display_name="AWOOOI Shop (demo)",
            budget_limit_usd=BUDGET_USD,
            is_demo=True,
        )


def _insert(book: Chapter, tell: Tell) -> None:
    for name, model in ORDER.items():
        rows = book.of(model)
        tell(f"{name.replace('_', ' ')}: {len(rows)}")
        model._default_manager.bulk_create(rows, batch_size=BATCH)


def _settle(book: Chapter, tell: Tell) -> None:
    """Find the incidents of each run and its remediation status as every other write does."""
    tell("finding which incidents each run belongs to")
    runs = book.of(Run)
    links.write([find for run in runs for find in links.in_run(run)])
    links.for_events(book.of(ChannelEvent))
    links.for_messages(book.of(OutboundMessage))
    remediation.refresh_runs([run.run_id for run in runs])


def _record(project_id: str, records: list[Recorded], tell: Tell) -> None:
    tell(f"audit records: {len(records)}")
    for recorded in records:
        with clock.set_to(recorded.at):
            audit.append(project_id=project_id, by=recorded.by, entry=recorded.entry)
