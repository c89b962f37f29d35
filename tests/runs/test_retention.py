"""What of runs and incidents goes when it is old, and what stays because it is open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Model

from awooop import callers
from awooop.clock import now
from awooop.models import AuditRecord
from awooop.retention import pruning
from knowledge.models import KnowledgeEntry, KnowledgeRevision
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
    RunState,
    Step,
    TelegramUse,
)
from runs.policies import FINAL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("project")]

MOMENT = timedelta(minutes=1)
INCIDENT = "INC-20250101-OLDX"
RECORDS = (Execution, Evidence, RemediationRecord, LegacyMcpRecord)


def ago(days: float = 200) -> datetime:
    return now() - timedelta(days=days)


def prune() -> dict[str, int]:
    by = callers.system("tests", ["awoooi"])
    return dict(pruning.prune(by=by, project_id="awoooi").deleted)


def run(state: str = "completed", ended: datetime | None = None, **values: Any) -> Run:
    values = {"created_at": ago(400), "completed_at": ended or ago()} | values
    return Run.objects.create(project_id="awoooi", agent_id="a", state=state, **values)


def incident(status: str = "resolved", resolved_at: datetime | None = None, **values: Any):
    if status == "resolved":
        values |= {
            "resolved_at": resolved_at or ago(),
            "resolution_type": "manual",
            "disposition": "manual",
        }
    return Incident.objects.create(
        incident_id=INCIDENT, project_id="awoooi", title="t", status=status, opened_at=ago(400),
        **values,
    )  # fmt: skip


def link(of: Run) -> RunIncident:
    return RunIncident.objects.create(
        run=of, project_id="awoooi", incident_id=INCIDENT, source="trigger_ref", found_at=ago(400),
        source_id=of.pk, ordinal=0,
    )  # fmt: skip


def approval(of: Run | None = None, status: str = "approved", **values: Any) -> Approval:
    values.setdefault("resolved_at", None if status == "pending" else ago())
    return Approval.objects.create(
        project_id="awoooi", run=of, tool_name="t", status=status, requested_at=ago(400),
        requested_by="a", **values,
    )  # fmt: skip


def message(status: str = "sent", at: datetime | None = None, **values: Any) -> OutboundMessage:
    return OutboundMessage.objects.create(
        project_id="awoooi", channel_type="telegram", message_type="report", send_status=status,
        queued_at=at or ago(400), **values,
    )  # fmt: skip


def event(**values: Any) -> ChannelEvent:
    values = {"received_at": ago(), "provider_event_id": str(ChannelEvent.objects.count())} | values
    return ChannelEvent.objects.create(project_id="awoooi", channel_type="alertmanager", **values)


def records(incident_id: str = INCIDENT, at: datetime | None = None, **values: Any) -> None:
    at = at or ago()
    given = {"project_id": "awoooi", "incident_id": incident_id} | values
    done = Execution.objects.create(success=True, created_at=at, **given)
    Evidence.objects.create(execution=done, collected_at=at, **given)
    given.pop("run", None)
    RemediationRecord.objects.create(mode="execute", created_at=at, **given)
    LegacyMcpRecord.objects.create(mcp_server="s", tool_name="t", created_at=at, **given)


def counts(*models: type[Model]) -> list[int]:
    return [model.objects.count() for model in models]


def test_an_old_final_run_goes_with_all_that_hangs_on_it():
    old = run()
    link(old)
    Step.objects.create(run=old, project_id="awoooi", step_seq=1, tool_name="t")
    McpCall.objects.create(run=old, project_id="awoooi", tool_name="t", result_status="success")
    asked = approval(old, notification=message(run=old))
    ApprovalVote.objects.create(
        approval=asked, project_id="awoooi", approver="user:1", decision="approve"
    )
    ApprovalToken.objects.create(
        approval=asked, project_id="awoooi", issued_at=ago(), expires_at=ago()
    )
    TelegramUse.objects.create(
        message=asked.notification, project_id="awoooi", action="approve", telegram_user_id=7
    )
    event(run=old, received_at=now())
    assert sum(prune().values()) == 10
    assert counts(Run, RunIncident, Step, McpCall, Approval, ApprovalVote, ApprovalToken) == [0] * 7
    assert counts(OutboundMessage, TelegramUse, ChannelEvent) == [0] * 3


@pytest.mark.parametrize("state", RunState.values)
def test_only_a_final_run_goes(state):
    run(state)
    prune()
    assert Run.objects.exists() is (state not in FINAL)


@pytest.mark.parametrize(("by", "stays"), [(-MOMENT, False), (MOMENT, True)])
def test_a_run_goes_180_days_after_its_end(by, stays):
    run(ended=ago(180) + by)
    prune()
    assert Run.objects.exists() is stays


@pytest.mark.parametrize("status", ["open", "investigating"])
@pytest.mark.parametrize("linked_by", ["link", "records", "approval"])
def test_a_run_of_an_unresolved_incident_stays_with_the_records(status, linked_by):
    incident(status)
    old = run()
    records(run=old if linked_by == "records" else None)
    if linked_by == "link":
        link(old)
    if linked_by == "approval":
        approval(old, incident_id=INCIDENT)
    assert prune() == {}
    assert Evidence.objects.get().run_id == (old.pk if linked_by == "records" else None)


def test_a_run_stays_as_long_as_its_incident():
    incident(resolved_at=ago(180) + MOMENT)
    link(run())
    assert prune() == {}


def test_a_run_that_waits_for_an_approval_stays():
    approval(run("failed"), "pending")
    assert prune() == {}


def test_a_message_that_is_still_to_be_sent_outlives_its_run():
    waits = message("queued", run=run(), at=ago(300), next_attempt_at=now())
    assert prune() == {"runs.Run": 1}
    waits.refresh_from_db()
    assert waits.run_id is None


def test_a_resolved_incident_goes_with_its_records_and_no_others():
    incident()
    records(at=now())
    records("INC-20250101-ELSE", at=now())
    assert sum(prune().values()) == 5
    assert counts(Incident, *RECORDS) == [0, 1, 1, 1, 1]


@pytest.mark.parametrize(("by", "stays"), [(-MOMENT, False), (MOMENT, True)])
def test_an_incident_goes_180_days_after_it_was_resolved(by, stays):
    incident(resolved_at=ago(180) + by)
    prune()
    assert Incident.objects.exists() is stays


@pytest.mark.parametrize("state", sorted(set(RunState.values) - FINAL))
def test_an_incident_with_an_open_run_stays(state):
    incident()
    records()
    link(run(state))
    assert prune() == {}


def test_an_incident_with_a_run_that_ended_since_stays():
    incident()
    link(run(ended=ago(179)))
    assert prune() == {}


def test_an_incident_with_a_pending_approval_stays():
    incident()
    approval(status="pending", incident_id=INCIDENT)
    assert prune() == {}


def test_old_records_of_unknown_incidents_go():
    records("INC-20250101-ELSE", at=ago(180) - MOMENT)
    records("INC-20250101-ELSE", at=ago(180) + MOMENT)
    prune()
    assert counts(*RECORDS) == [1, 1, 1, 1]


def test_old_events_of_no_run_go_but_not_those_that_name_an_open_incident():
    incident("open")
    here = [
        event(source_envelope={"source_refs": {"incident_ids": [INCIDENT]}}),
        event(source_envelope={"source_refs": {"incident_ids": f"see {INCIDENT}"}}),
        event(run=run("running")),
        event(received_at=ago(180) + MOMENT),
    ]
    event()
    event(source_envelope={"source_refs": {"incident_ids": {"not": ["a", 1]}}})
    event(source_envelope={"source_refs": "none"})
    event(received_at=ago(180) - MOMENT)
    assert prune() == {"runs.ChannelEvent": 4}
    assert set(ChannelEvent.objects.values_list("pk", flat=True)) == {one.pk for one in here}


def test_old_messages_of_no_run_go_when_they_are_done_with():
    incident("open")
    here = [
        message("queued", at=ago(364)),
        message("failed", at=ago(364), next_attempt_at=now()),
        message("dead", at=ago(364), next_attempt_at=now()),  # due for the fallback
        message("sent", at=ago(180) + MOMENT),
        message("sent", incident_id=INCIDENT),
        message("queued", incident_id=INCIDENT),
    ]
    message("sent", at=ago(180) - MOMENT)
    message("dead", at=ago(300))
    assert prune() == {"runs.OutboundMessage": 2}
    assert set(OutboundMessage.objects.values_list("pk", flat=True)) == {one.pk for one in here}


@pytest.mark.parametrize(("by", "stays"), [(-MOMENT, False), (MOMENT, True)])
def test_what_nobody_delivers_goes_after_a_year(by, stays):
    message("queued", at=ago(365) + by)
    prune()
    assert OutboundMessage.objects.exists() is stays


def test_what_nobody_delivers_of_an_open_run_stays():
    message("queued", run=run("running"))
    assert prune() == {}


def test_old_approvals_and_calls_of_no_run_go():
    incident("open")
    for status in ("pending", "approved"):
        approval(status=status, incident_id=INCIDENT)
    approval(status="pending")
    approval()
    approval(resolved_at=ago(179))
    McpCall.objects.create(
        project_id="awoooi", tool_name="t", result_status="allowed", created_at=ago()
    )
    assert prune() == {"runs.Approval": 1, "runs.McpCall": 1}


def test_knowledge_and_the_audit_outlive_what_they_tell_of():
    entry = KnowledgeEntry.objects.create(
        project_id="awoooi", title="t", related_approval=approval(run()),
        related_incident_id=INCIDENT, created_at=ago(400), updated_at=ago(400),
    )  # fmt: skip
    KnowledgeRevision.objects.create(entry=entry, project_id="awoooi", version=1)
    incident()
    before, updated = AuditRecord.objects.count(), entry.updated_at
    assert prune()["runs.Run"] == 1
    entry.refresh_from_db()
    assert (entry.related_approval_id, entry.related_incident_id) == (None, INCIDENT)
    assert entry.updated_at == updated
    assert KnowledgeRevision.objects.count() == 1
    assert AuditRecord.objects.count() == before + 1
