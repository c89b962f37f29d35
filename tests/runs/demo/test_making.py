"""The month in the database: derived columns right, every value present, the chain whole."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import BigAutoField, F, Model, Q

from awooop import audit, callers, clock, tenancy
from awooop.models import AuditRecord, ContractRevision, Project
from awooop.models.contract import ContractFamily, LifecycleStatus
from governance.models import Dispatch, GovernanceEvent
from runs.actions import approvals, expiry, links, reminders, run_sweeps
from runs.demo import making
from runs.models import (
    Approval,
    ApprovalStatus,
    ChannelEvent,
    Disposition,
    Evidence,
    Incident,
    IncidentStatus,
    LegacyMcpRecord,
    LinkSource,
    McpCall,
    McpStatus,
    MessageType,
    OutboundMessage,
    Playbook,
    PlaybookStatus,
    RemediationMode,
    RemediationRecord,
    RemediationStatus,
    ResolutionType,
    RiskLevel,
    Run,
    RunIncident,
    RunState,
    SendStatus,
    Severity,
    Step,
    VerificationResult,
)
from tests import factories
from tests.runs.demo.conftest import MOMENT, PROJECT, make

PRESENT = [
    (Run, "state", RunState),
    (Run, "remediation_status", RemediationStatus),
    (Run, "is_shadow", (True, False)),
    (Run, "trigger_type", ("alert", "telegram", "ci", "github", "schedule", "retry", "shadow")),
    (
        Run,
        "error_code",
        (
            "E-RUN-HEARTBEAT-LOST",
            "E-RUN-TIMEOUT",
            "E-RUN-CANCELLED",
            "E-APPR-REJECTED",
            "E-APPR-EXPIRED",
        ),
    ),
    (RunIncident, "source", LinkSource),
    (Incident, "status", IncidentStatus),
    (Incident, "severity", Severity),
    (Incident, "resolution_type", ResolutionType),
    (Incident, "disposition", Disposition),
    (Incident, "source", ("alertmanager", "telegram", "ci", "github")),
    (ChannelEvent, "channel_type", ("alertmanager", "telegram", "ci", "github")),
    (ChannelEvent, "is_duplicate", (True, False)),
    (ChannelEvent, "is_refused", (True, False)),
    (OutboundMessage, "message_type", MessageType),
    (OutboundMessage, "send_status", SendStatus),
    (OutboundMessage, "callback_action", ("detail", "history", "approve", "reject")),
    (McpCall, "result_status", McpStatus),
    (McpCall, "block_gate", ("project", "contract", "scope", "budget", "approval")),
    (LegacyMcpRecord, "success", (True, False)),
    (RemediationRecord, "mode", RemediationMode),
    (RemediationRecord, "allowed", (True, False)),
    (Evidence, "verification_result", VerificationResult),
    (Playbook, "status", PlaybookStatus),
    (Approval, "status", ApprovalStatus),
    (Approval, "risk_level", RiskLevel),
    (ContractRevision, "lifecycle_status", LifecycleStatus),
    (ContractRevision, "contract_family", ContractFamily),
    (Step, "result_status", ("success", "failed", "blocked")),
]
MARKERS = (
    "RUNBOOK REVIEW",
    "[AWOOOI CI/CD]",
    "HANDOFF REQUIRED",
    "AUTO RESOLVED",
    "ESCALATION",
    "ACTION REQUIRED",
    "AI 治理警報",
    "AI 自動修復失敗",
    "AI 自動修復完成",
    "事故升級",
)


TABLES = (*making.ORDER.values(), RunIncident, AuditRecord, Project)


@pytest.fixture(scope="module")
def made_before(module_db) -> dict[str, list[str]]:
    """What an earlier making at the same moment stored, before it was undone."""
    savepoint = transaction.savepoint()
    make()
    with tenancy.scope([PROJECT]):
        stored = _stored()
    transaction.savepoint_rollback(savepoint)
    return stored


@pytest.fixture(scope="module")
def other_project(module_db) -> Project:
    """A project that was there before the demo."""
    return factories.project("other")


@pytest.fixture(scope="module")
def made(other_project, made_before, made) -> dict[str, int]:
    """The demo project, made beside another project."""
    return made


@pytest.mark.parametrize(
    ("model", "column", "values"), PRESENT, ids=[f"{m.__name__}.{c}" for m, c, _ in PRESENT]
)
def test_every_value_is_present(made, model, column, values):
    wanted = set(getattr(values, "values", values))
    found = set(model.objects.filter(project_id=PROJECT).values_list(column, flat=True).distinct())
    assert wanted <= found


@pytest.mark.parametrize("marker", MARKERS)
def test_messages_of_the_older_systems_are_there(made, marker):
    assert OutboundMessage.objects.filter(project_id=PROJECT, content__contains=marker).exists()


def test_the_counts_are_those_of_the_tables(made):
    assert made["runs"] == Run.objects.filter(project_id=PROJECT).count()
    assert made["steps"] == Step.objects.filter(project_id=PROJECT).count()
    # One more tells that the project was made.
    assert made["audit_records"] + 1 == AuditRecord.objects.filter(project_id=PROJECT).count()


def test_the_audit_chain_is_whole(made):
    verification = audit.verify(PROJECT)
    assert verification.broken_at is None
    assert verification.records == made["audit_records"] + 1


def test_audit_records_carry_the_time_of_what_they_tell(made):
    decided = AuditRecord.objects.filter(action="run.approval.approve")
    resolved_at = {
        str(pk): at for pk, at in Approval.objects.values_list("pk", "resolved_at") if at
    }
    assert decided.exists()
    for record in decided:
        assert record.created_at == resolved_at[record.resource_id]


def test_remediation_statuses_equal_a_recomputation(made):
    items, legacy, incidents = _newest_items(), _legacy_incidents(), defaultdict(list)
    for run_id, incident_id in RunIncident.objects.values_list("run_id", "incident_id"):
        incidents[run_id].append(incident_id)
    for run in Run.objects.filter(project_id=PROJECT):
        mine = incidents[run.run_id]
        found = [items[incident_id] for incident_id in mine if incident_id in items]
        assert run.remediation_status == _status(found, any(i in legacy for i in mine)), run.run_id


def _newest_items() -> dict[str, RemediationRecord]:
    rows = RemediationRecord.objects.filter(project_id=PROJECT).order_by("created_at", "id")
    return {row.incident_id: row for row in rows}


def _legacy_incidents() -> set[str]:
    return set(
        LegacyMcpRecord.objects.filter(project_id=PROJECT).values_list("incident_id", flat=True)
    )


def _status(items: list[RemediationRecord], has_legacy: bool) -> str:
    if not items:
        return "mcp_observed" if has_legacy else "no_evidence"
    latest = max(items, key=lambda item: (item.created_at, item.id))
    if latest.success is False or latest.allowed is False:
        return "blocked"
    if latest.writes_incident_state or latest.writes_auto_repair_result:
        return "write_observed"
    writes = (latest.writes_incident_state, latest.writes_auto_repair_result)
    return (
        "read_only_dry_run"
        if latest.required_scope == "read" and writes == (False, False)
        else "observed"
    )


def test_links_equal_those_found_anew(made, change):
    columns = ("run_id", "incident_id", "source", "found_at", "source_id", "ordinal", "position")
    before = set(RunIncident.objects.values_list(*columns))
    for run in Run.objects.filter(project_id=PROJECT).order_by("run_id")[::6]:
        links.relink(run)
    assert set(RunIncident.objects.values_list(*columns)) == before


def test_step_counts_are_right(made):
    wrong = (
        Run.objects.filter(project_id=PROJECT)
        .exclude(step_count=0)
        .annotate(last=F("steps__step_seq"))
        .filter(last__gt=F("step_count"))
    )
    assert not wrong.exists()


def test_the_project_is_marked_as_a_demo(made):
    project = Project.objects.get(project_id=PROJECT)
    assert project.is_demo
    assert project.budget_limit_usd == 400


def test_a_second_call_changes_nothing(made):
    tables = (Run, Step, Incident, OutboundMessage, AuditRecord, RunIncident)
    before = [model.objects.count() for model in tables]
    assert make() is None
    assert [model.objects.count() for model in tables] == before


def test_at_first_the_sweeps_find_nothing(made, change):
    with clock.set_to(MOMENT):
        assert not any(run_sweeps.sweep().values())
        assert not any(expiry.sweep().as_dict().values())
        assert not any(reminders.remind().values())


def test_after_two_minutes_the_running_ones_go_back_to_the_queue(made, change):
    with clock.set_to(MOMENT + timedelta(seconds=130)):
        assert run_sweeps.sweep() == {"timed_out": 0, "cancelled": 0, "requeued": 3, "failed": 0}


def test_after_five_minutes_the_first_approval_expires(made, change):
    with clock.set_to(MOMENT + timedelta(minutes=5)):
        assert expiry.sweep().as_dict() == {"expired": 1, "resolved": 1, "skipped": 0, "errors": 0}


@pytest.mark.parametrize("risk", RiskLevel.values)
def test_what_waits_can_be_decided(made, change, risk):
    by = callers.system("tests", [PROJECT])
    waiting = Approval.objects.filter(status="pending", risk_level=risk, required_approvals=1)
    approval = waiting.order_by("requested_at").first()
    with clock.set_to(MOMENT):
        outcome = approvals.decide(
            by=by, approval_id=approval.id, decision="approve", digest=approval.digest
        )
    assert outcome.new_state == RunState.RUNNING
    assert outcome.token is not None


def test_one_more_vote_ends_the_approval_that_wants_two(made, change):
    by = callers.system("tests", [PROJECT])
    approval = Approval.objects.get(status="pending", required_approvals=2, votes__isnull=False)
    with clock.set_to(MOMENT):
        outcome = approvals.decide(by=by, approval_id=approval.id, decision="approve")
    assert outcome.new_state == RunState.RUNNING


def test_two_makings_at_one_moment_store_the_same_rows(made, made_before):
    assert _stored() == made_before
    assert len(made_before["Run"]) > 600


def _stored() -> dict[str, list[str]]:
    return {model.__name__: _rows(model) for model in TABLES}


def _rows(model: type[Model]) -> list[str]:
    # A number that the database gave says only in which order rows came.
    columns = [
        field.attname
        for field in model._meta.concrete_fields
        if not isinstance(field, BigAutoField)
    ]
    rows = model._default_manager.exclude(_BY_ACTIONS.get(model, Q(pk=None)))
    return sorted(map(repr, rows.values_list(*columns)))


# What a higher room wrote through its own actions, which draw their ids by chance.
_BY_ACTIONS: dict[type[Model], Q] = {
    AuditRecord: Q(actor="demo.reviews"),
    Dispatch: Q(created_by="knowledge_owner_review"),
    GovernanceEvent: Q(event_type__in=["kb_stale", "km_stale_owner_review_batch"]),
}


def test_another_project_is_left_alone(made):
    with tenancy.scope(["other"]):
        assert not Run.objects.exists()
        assert not Project.objects.get(project_id="other").is_demo


def test_batches_hold_all_rows(made):
    assert made["steps"] > making.BATCH
