"""How incidents went, and what their chains say of it: stages, grade, next step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from awooop import clock
from awooop.clock import now
from runs import status_chain
from runs.actions import run_sweeps
from runs.models import Incident, Run
from runs.status_chain import BLOCKED, DONE, MISSING, NOT_NEEDED, WAITING, Chain
from tests.runs.alertmanager import payloads
from tests.runs.status_chain import stories

pytestmark = pytest.mark.django_db


def chain_of(incident_id: str) -> Chain:
    return status_chain.of([("awoooi", incident_id)])["awoooi", incident_id]


def told(incident_id: str) -> tuple[list[str], str, str]:
    chain = chain_of(incident_id)
    return [stage.status for stage in chain.stages.values()], chain.grade, chain.next_step


def test_it_went_the_whole_way(api):
    assert told(stories.whole_way(api)) == ([DONE] * 8, "A", "")


def test_nobody_decided_in_time(api):
    statuses, grade, step = told(stories.expired(api))
    assert statuses == [DONE, DONE, DONE, DONE, MISSING, NOT_NEEDED, NOT_NEEDED, DONE]
    assert (grade, step) == ("C", "")  # it is over: nothing closes this gap any more


def test_an_agent_is_waited_for(api):
    assert told(stories.alerted(api))[0] == [DONE, DONE, *[WAITING] * 6]


def test_no_agent_comes(api):
    incident_id = stories.alerted(api)
    with clock.set_to(now() + timedelta(minutes=11)):
        statuses, grade, step = told(incident_id)
    assert statuses == [DONE, DONE, BLOCKED, *[WAITING] * 5]
    assert (grade, step) == ("D", "Start sre-agent, or see why it claims nothing.")


def test_the_run_failed(api):
    incident_id, run_id = stories.investigated(api)
    body = {"state": "failed", "error_code": "E-LLM", "worker_id": "w1"}
    stories.ok(api.post(f"/platform/runs/{run_id}/transition", body))
    statuses, _, step = told(incident_id)
    assert statuses == [DONE, DONE, BLOCKED, DONE, *[WAITING] * 4]
    assert step == "See why, and queue another run or resolve the incident by hand."
    assert chain_of(incident_id).stages["run"].why == "The run failed: E-LLM."


def test_a_run_that_worked_counts_before_one_that_failed(api):
    incident_id, run_id = stories.investigated(api)
    Run.objects.filter(pk=run_id).update(heartbeat_at=now() - timedelta(hours=1), max_attempts=1)
    run_sweeps.sweep()
    assert chain_of(incident_id).stages["run"].status == BLOCKED
    stories.ok(api.post("/platform/runs", {"agent_id": "sre-agent", "trigger_ref": incident_id}))
    api.post("/platform/runs/claim", {"agent_id": "sre-agent", "worker_id": "w2"})
    assert chain_of(incident_id).stages["run"].status == DONE


def test_a_decision_is_waited_for(api):
    incident_id, _ = stories.asked(api)
    statuses, grade, step = told(incident_id)
    assert statuses == [DONE, DONE, DONE, DONE, *[WAITING] * 4]
    assert (grade, step) == ("A", "Approve or reject it.")


def test_an_overdue_decision_is_blocked_until_the_sweep(api):
    incident_id, _ = stories.asked(api, expires_in_s=600)
    with clock.set_to(now() + timedelta(minutes=11)):
        assert chain_of(incident_id).stages["decision"].status == BLOCKED


def test_a_person_rejected_it(api):
    incident_id, _ = stories.approved(api, "reject")
    stories.resolve(incident_id)
    statuses, grade, _ = told(incident_id)
    assert statuses == [DONE, DONE, DONE, DONE, DONE, NOT_NEEDED, NOT_NEEDED, DONE]
    assert grade == "A"


def test_an_execution_is_waited_for(api):
    incident_id, _ = stories.approved(api)
    assert told(incident_id)[0][4:] == [DONE, WAITING, WAITING, WAITING]


def test_approved_and_never_executed(api):
    incident_id, run_id = stories.approved(api)
    stories.ok(
        api.post(f"/platform/runs/{run_id}/transition", {"state": "completed", "worker_id": "w1"})
    )
    statuses, _, step = told(incident_id)
    assert statuses[4:] == [DONE, MISSING, WAITING, WAITING]
    assert step == "Have the agent report the execution."


def test_the_repair_failed(api):
    incident_id, _ = stories.executed(api, success=False)
    statuses, _, step = told(incident_id)
    assert statuses[4:] == [DONE, BLOCKED, NOT_NEEDED, WAITING]
    assert step == "See why, and repair it another way."


@pytest.mark.parametrize(("minutes", "status"), [(14, WAITING), (16, MISSING)])
def test_a_verification_has_a_quarter_of_an_hour(api, minutes, status):
    incident_id, _ = stories.executed(api)
    with clock.set_to(now() + timedelta(minutes=minutes)):
        assert chain_of(incident_id).stages["verification"].status == status


@pytest.mark.parametrize("result", ["degraded", "failed", "timeout"])
def test_the_verification_is_bad(api, result):
    incident_id, _ = stories.verified(api, result)
    stage = chain_of(incident_id).stages["verification"]
    assert (stage.status, stage.why) == (BLOCKED, f"Verification says: {result}.")


def test_evidence_of_an_earlier_execution_says_nothing_of_the_next(api):
    incident_id, run_id = stories.verified(api)
    with clock.set_to(now() + timedelta(minutes=5)):
        body = {"run_id": run_id, "success": True}
        stories.ok(api.post(f"/platform/incidents/{incident_id}/executions", body))
        assert chain_of(incident_id).stages["verification"].status == WAITING


def test_it_recurred_after_the_repair(api):
    incident_id = stories.recurred(api)
    with clock.set_to(now() + timedelta(minutes=5)):
        statuses, grade, step = told(incident_id)
    assert (statuses[7], grade) == (WAITING, "B")
    assert statuses[:7] == [DONE, DONE, DONE, DONE, DONE, DONE, BLOCKED]
    assert step == "Look again: the repair did not last."
    assert "came back 1" in chain_of(incident_id).stages["incident"].why


def test_it_recurred_and_then_ended(api):
    incident_id, _ = stories.verified(api)
    Incident.objects.filter(pk=incident_id).update(
        recurrence_count=1, last_seen_at=now() + timedelta(minutes=1)
    )
    stories.resolve(incident_id, "alert_cleared")
    assert told(incident_id)[0] == [DONE] * 8


def test_it_was_resolved_by_hand(api):
    statuses, grade, step = told(stories.by_hand(api))
    assert statuses == [NOT_NEEDED, DONE, *[NOT_NEEDED] * 5, DONE]
    assert (grade, step) == ("A", "")


def test_it_was_reported_and_nothing_was_queued(api):
    stories.ok(api.post("/platform/incidents", {"title": "Certificates run out"}))
    incident_id = Incident.objects.get().pk
    statuses, _, step = told(incident_id)
    assert statuses == [NOT_NEEDED, DONE, MISSING, *[WAITING] * 5]
    assert step == "Queue a run for it (POST /platform/runs), or resolve it by hand."


def test_the_alert_cleared_before_an_agent_came(api):
    incident_id = stories.alerted(api)
    stories.ok(api.post(payloads.PATH, payloads.notification(payloads.resolved())))
    statuses, grade, step = told(incident_id)
    assert statuses == [DONE, DONE, WAITING, *[NOT_NEEDED] * 4, DONE]
    assert (grade, step) == ("A", "Cancel the run if nobody needs it any more.")


def test_said_to_be_approved_by_a_person_without_an_approval(api):
    incident_id, run_id = stories.investigated(api)
    body = {"run_id": run_id, "success": True, "human_approved": True}
    stories.ok(api.post(f"/platform/incidents/{incident_id}/executions", body))
    assert chain_of(incident_id).stages["decision"].status == MISSING


def test_repaired_without_asking(api):
    incident_id, run_id = stories.investigated(api)
    body = {"run_id": run_id, "success": True}
    stories.ok(api.post(f"/platform/incidents/{incident_id}/executions", body))
    assert told(incident_id)[0][4:6] == [NOT_NEEDED, DONE]


def test_resolved_as_repaired_without_an_execution(api):
    incident_id, _ = stories.investigated(api)
    stories.resolve(incident_id, "auto_repair")
    stages = chain_of(incident_id).stages
    assert [stages[name].status for name in ("execution", "verification")] == [MISSING, MISSING]


def test_a_run_names_an_incident_that_is_not_known(api):
    stories.ok(api.post("/platform/runs", {"agent_id": "a", "trigger_ref": "INC-20261121-GONE"}))
    chain = chain_of("INC-20261121-GONE")
    assert chain.incident is None
    assert chain.stages["incident"].next_step == "Report the incident: POST /platform/incidents."


def test_times_are_those_of_the_records(api):
    before = now()
    stages = chain_of(stories.whole_way(api)).stages
    moments = [stage.at for stage in stages.values()]
    assert all(before <= moment <= now() for moment in moments)
    assert moments[3:7] == sorted(moments[3:7])
