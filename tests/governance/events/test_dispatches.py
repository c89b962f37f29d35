from __future__ import annotations

import pytest

from awooop import callers, tenancy
from awooop.errors import Conflict, NotAllowed, NotFound
from awooop.models import AuditRecord
from governance import workflow
from governance.actions import dispatches, events, intake
from governance.actions.dispatches import DispatchAlreadyActive, Order
from governance.models import Dispatch, DispatchStatus
from governance.self_checks import Finding
from tests import factories
from tests.runs.together import together

BY = callers.system("tests", ["awoooi"])
DEGRADED = Finding(
    "knowledge_degradation",
    {"ratio": 0.31, "threshold": 0.2, "ownership": {"human_owner": "kim"}},
)


@pytest.fixture
def dispatch(project):
    return make()


def make() -> Dispatch:
    reported = events.report(by=BY, found={"awoooi": [DEGRADED]})
    (made,) = intake.open_for(reported.opened, by=BY)
    return made


def act(dispatch, verb, **values):
    return dispatches.act(by=BY, dispatch_id=dispatch.pk, verb=verb, **values)


@pytest.mark.django_db
def test_a_knowledge_degradation_opens_a_dispatch_with_its_context(dispatch):
    assert dispatch.executor_type == "hermes_kb_growth_healthcheck"
    assert (dispatch.max_attempts, dispatch.created_by) == (1, "governance_agent_intake")
    assert dispatch.owner == "kim"
    context = dispatch.decision_context
    event = dispatch.governance_event_id
    assert context["version"] == "v1"
    assert (context["metric_value"], context["threshold"]) == (0.31, 0.2)
    assert context["decision_path"] == "pending_owner_review"
    assert context["suggested_action"] == context["next_action"] == "run_kb_growth_healthcheck"
    assert context["workflow"] == {
        "work_item_id": f"governance:knowledge_degradation:{event}",
        "work_kind": "knowledge_degradation",
        "current_stage": "queued_kb_healthcheck",
        "steps": list(workflow.KNOWLEDGE_DEGRADATION.steps),
        "needs_human_review": True,
        "writes_km_without_approval": False,
    }


@pytest.mark.django_db
def test_other_events_open_none(project):
    reported = events.report(by=BY, found={"awoooi": [Finding("trust_drift", {})]})
    assert intake.open_for(reported.opened, by=BY) == []


@pytest.mark.django_db
def test_a_second_active_one_is_refused(dispatch):
    with pytest.raises(DispatchAlreadyActive) as refused:
        dispatches.open_dispatch(
            by=BY, order=Order(dispatch.governance_event, workflow.HERMES, "again", {})
        )
    assert refused.value.code == "dispatch_already_active"
    assert Dispatch.objects.count() == 1


@pytest.mark.django_db
def test_after_its_end_another_may_be_opened(dispatch):
    act(dispatch, "cancel")
    (again,) = intake.open_for([dispatch.governance_event], by=BY)
    assert again.pk != dispatch.pk


STAGES = {
    "start": ("executing", "draft_km_updates"),
    "skip": ("skipped", "waiting_owner_review"),
    "cancel": ("cancelled", "cancelled"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("verb", STAGES)
def test_each_act_brings_the_workflow_to_its_stage(dispatch, verb):
    act(dispatch, verb, note="because")
    dispatch.refresh_from_db()
    status, stage = STAGES[verb]
    assert (dispatch.dispatch_status, dispatch.workflow_stage) == (status, stage)
    assert dispatch.decision_context["workflow"]["current_stage"] == stage
    assert dispatch.operator_note == "because"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "status", "stage"),
    [
        ("complete", "succeeded", "stale_ratio_recheck"),
        ("fail", "failed", "needs_manual_km_triage"),
    ],
)
def test_what_executes_ends(dispatch, verb, status, stage):
    act(dispatch, "start")
    act(dispatch, verb)
    dispatch.refresh_from_db()
    assert (dispatch.dispatch_status, dispatch.workflow_stage) == (status, stage)
    assert dispatch.started_at is not None
    assert dispatch.completed_at is not None
    assert dispatch.attempt_count == 1


ILLEGAL = {
    "pending": {"complete", "fail"},
    "dispatched": {"complete"},
    "executing": {"start", "skip"},
    "succeeded": set(dispatches.ACTS),
    "failed": set(dispatches.ACTS),
    "skipped": set(dispatches.ACTS),
    "cancelled": set(dispatches.ACTS),
}


@pytest.mark.django_db
@pytest.mark.parametrize("status", DispatchStatus.values)
def test_only_the_legal_path_is_open(dispatch, status):
    for verb in dispatches.ACTS:
        Dispatch.objects.filter(pk=dispatch.pk).update(dispatch_status=status, attempt_count=1)
        if verb not in ILLEGAL[status]:
            act(dispatch, verb)
            continue
        with pytest.raises(Conflict) as refused:
            act(dispatch, verb)
        assert refused.value.code == "illegal_dispatch_transition"
        assert verb not in refused.value.extra["allowed"]
        assert Dispatch.objects.get(pk=dispatch.pk).dispatch_status == status


@pytest.mark.django_db
def test_a_failure_with_attempts_left_goes_back_to_pending(dispatch):
    Dispatch.objects.filter(pk=dispatch.pk).update(max_attempts=2)
    for expected in ("pending", "failed"):
        act(dispatch, "start")
        act(dispatch, "fail")
        assert Dispatch.objects.get(pk=dispatch.pk).dispatch_status == expected


@pytest.mark.django_db
def test_each_move_is_in_the_audit_chain(dispatch):
    act(dispatch, "start")
    act(dispatch, "complete", note="drafted")
    actions = AuditRecord.objects.filter(resource_id=str(dispatch.pk)).order_by("seq")
    assert list(actions.values_list("action", flat=True)) == [
        "governance.dispatch.open",
        "governance.dispatch.executing",
        "governance.dispatch.succeeded",
    ]


@pytest.mark.django_db
def test_a_viewer_may_not_act(dispatch):
    viewer = factories.caller_of_user(factories.user(awoooi="viewer"))
    with pytest.raises(NotAllowed):
        dispatches.act(by=viewer, dispatch_id=dispatch.pk, verb="start")


@pytest.mark.django_db
def test_another_projects_operator_does_not_see_it(dispatch, other_project):
    stranger = factories.caller_of_user(factories.user(other="operator"))
    with pytest.raises(NotFound):
        dispatches.act(by=stranger, dispatch_id=dispatch.pk, verb="start")


@pytest.mark.usefixtures("truncatable")
def test_four_workers_work_each_dispatch_once():
    factories.project("awoooi")
    with tenancy.scope(["awoooi"]):
        found = [Finding("knowledge_degradation", {}, subject=str(n)) for n in range(12)]
        intake.open_for(events.report(by=BY, found={"awoooi": found}).opened, by=BY)

    def worker():
        done = []
        while True:
            with tenancy.scope(["awoooi"]):
                dispatch = dispatches.lock_waiting(workflow.HERMES, by=BY)
                if dispatch is None:
                    return done
                dispatches.move(dispatch, DispatchStatus.EXECUTING, by=BY)
                done.append(dispatch.pk)

    worked = [pk for some in together([worker] * 4) for pk in some]
    assert len(worked) == len(set(worked)) == 12


@pytest.mark.usefixtures("truncatable")
def test_eight_starts_at_once_start_it_once():
    factories.project("awoooi")
    with tenancy.scope(["awoooi"]):
        dispatch = make()

    def start():
        try:
            with tenancy.scope(["awoooi"]):
                act(dispatch, "start")
        except Conflict:
            return 0
        return 1

    assert sum(together([start] * 8)) == 1
    with tenancy.scope(["awoooi"]):
        assert Dispatch.objects.get().attempt_count == 1
