"""Real threads on real connections: of any number of simultaneous writers exactly one wins."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from threading import Lock
from uuid import uuid4

import pytest
from django.db import transaction

from awooop import audit, callers, tenancy
from awooop.clock import now
from awooop.errors import Conflict
from awooop.models import AuditRecord
from runs import signals
from runs.actions import approvals, expiry, runs
from runs.digests import digest_of
from runs.models import (
    Approval,
    ApprovalStatus,
    ApprovalToken,
    ApprovalVote,
    ChannelEvent,
    Execution,
    Incident,
    Playbook,
    Run,
    RunState,
    Step,
)
from tests import factories
from tests.runs.together import together

pytestmark = pytest.mark.usefixtures("truncatable")


@pytest.fixture
def key():
    factories.project("awoooi")
    return factories.api_key("awoooi")


def waiting(key: str, **values) -> Approval:
    with tenancy.scope(["awoooi"]):
        return factories.waiting(key, **values)


def decide(api: factories.ApiClient, approval: Approval, decision: str = "approve"):
    return api.post(f"/platform/approvals/{approval.run_id}/decide", {"decision": decision})


def deciders(count: int) -> list[factories.ApiClient]:
    keys = [factories.api_key("awoooi", scopes=["decide"]) for _ in range(count)]
    return [factories.ApiClient(text) for text in keys]


def test_of_sixteen_simultaneous_decisions_one_wins(key):
    approval = waiting(key)
    answers = together([partial(decide, api, approval) for api in deciders(16)])
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 15}
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    losers = [answer.json() for answer in answers if answer.status_code == 409]
    assert {(loser["code"], loser["state"]) for loser in losers} == {("not_waiting", "running")}
    with tenancy.scope(["awoooi"]):
        token = ApprovalToken.objects.get()
        assert winner["approval_token_jti"] == str(token.jti)
        step = Step.objects.get(run_id=approval.run_id)
        assert step.tool_name == "operator_console.approve"
        assert AuditRecord.objects.filter(action="run.approval.approve").count() == 1
        assert ApprovalVote.objects.count() == 1
        run = Run.objects.get(pk=approval.run_id)
        assert (run.state, run.step_count) == (RunState.RUNNING, 1)
        assert audit.verify("awoooi").broken_at is None


def test_of_decisions_from_keys_and_pages_both_ways_one_wins(key):
    approval = waiting(key)
    people = [factories.user(f"p{n}@example.org", awoooi="operator") for n in range(8)]

    def by_page(person, decision):
        try:
            with transaction.atomic(), tenancy.scope(["awoooi"]):
                by = callers.for_user(person)
                approvals.decide(by=by, approval_id=approval.pk, decision=decision,
                                 digest=approval.digest)  # fmt: skip
        except Conflict:
            return 409
        return 200

    def by_key(api, decision):
        return decide(api, approval, decision).status_code

    both = ["approve", "reject"] * 4
    jobs = [partial(by_page, *each) for each in zip(people, both, strict=True)]
    jobs += [partial(by_key, *each) for each in zip(deciders(8), both, strict=True)]
    assert Counter(together(jobs)) == {200: 1, 409: 15}
    with tenancy.scope(["awoooi"]):
        run = Run.objects.get(pk=approval.run_id)
        step = Step.objects.get(run=run)
        was_approved = step.tool_name == "operator_console.approve"
        assert run.state == (RunState.RUNNING if was_approved else RunState.CANCELLED)
        assert ApprovalToken.objects.count() == (1 if was_approved else 0)
        decided = AuditRecord.objects.filter(action__startswith="run.approval.")
        assert decided.count() == 1


def test_a_quorum_of_three_is_reached_by_exactly_three_of_sixteen(key):
    approval = waiting(key, required_approvals=3)
    answers = together([partial(decide, api, approval) for api in deciders(16)])
    assert Counter(answer.status_code for answer in answers) == {200: 3, 409: 13}
    with tenancy.scope(["awoooi"]):
        assert ApprovalVote.objects.count() == 3
        assert ApprovalToken.objects.count() == 1
        assert Step.objects.filter(run_id=approval.run_id).count() == 1


def test_one_approver_votes_once_however_often_the_button_is_pressed(key):
    approval = waiting(key, required_approvals=3)
    api = deciders(1)[0]
    answers = together([partial(decide, api, approval)] * 8)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}
    with tenancy.scope(["awoooi"]):
        assert ApprovalVote.objects.count() == 1


def test_of_eight_redeemers_of_one_token_one_wins(key):
    approval = waiting(key)
    token = decide(deciders(1)[0], approval).json()["approval_token"]
    body = {"token": token, "tool_name": approval.tool_name}
    api = factories.ApiClient(key)
    redeem = partial(api.post, "/platform/approvals/tokens/redeem", body)
    answers = together([redeem] * 8)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}
    codes = {answer.json().get("code") for answer in answers if answer.status_code == 409}
    assert codes == {"token_redeemed"}
    with tenancy.scope(["awoooi"]):
        assert AuditRecord.objects.filter(action="run.approval.redeem").count() == 1
        assert AuditRecord.objects.filter(action="run.approval.redeem_refused").count() == 7
        assert audit.verify("awoooi").broken_at is None


def test_eight_claimers_of_twenty_four_runs_get_each_once(key):
    with tenancy.scope(["awoooi"]):
        made = {str(factories.run().run_id) for _ in range(24)}

    def claim_all(worker: int) -> list[str]:
        api, mine = factories.ApiClient(key), []
        body = {"agent_id": "sre-agent", "worker_id": f"w{worker}"}
        while (answer := api.post("/platform/runs/claim", body)).status_code == 200:
            mine.append(answer.json()["run_id"])
        assert answer.status_code == 204
        return mine

    claimed = [ident for mine in together([partial(claim_all, n) for n in range(8)])
               for ident in mine]  # fmt: skip
    assert len(claimed) == 24
    assert set(claimed) == made


def test_a_claim_under_way_keeps_nobody_from_the_other_runs(key):
    with tenancy.scope(["awoooi"]):
        factories.run()
        second = factories.run()
    api = factories.ApiClient(key)
    body = {"agent_id": "sre-agent", "worker_id": "w2"}
    with transaction.atomic(), tenancy.scope(["awoooi"]):
        by = factories.caller_of_key(key)
        first = runs.claim(by=by, project_id="awoooi", agent_id="sre-agent", worker_id="w1")
        (answer,) = together([partial(api.post, "/platform/runs/claim", body)])
    assert first.run_id != second.run_id
    assert answer.status_code == 200
    assert answer.json()["run_id"] == str(second.run_id)


def overdue(count: int) -> None:
    """Make as many overdue approvals, each with its waiting run and its open incident."""
    at = now()
    runs = [
        Run(project_id="awoooi", agent_id="sre-agent", state=RunState.WAITING_APPROVAL)
        for _ in range(count)
    ]
    incidents = [
        Incident(incident_id=f"INC-20261120-{n:04d}", project_id="awoooi", title=str(n))
        for n in range(count)
    ]
    waiting_on = [
        Approval(
            project_id="awoooi",
            run=run,
            incident_id=incident.incident_id,
            tool_name="kubectl.restart",
            requested_by="api_key:x",
            requested_at=at - timedelta(hours=1),
            expires_at=at - timedelta(seconds=n + 1),
        )
        for n, (run, incident) in enumerate(zip(runs, incidents, strict=True))
    ]
    for approval in waiting_on:
        approval.digest = digest_of(approval)
    with tenancy.scope(["awoooi"]):
        Run.objects.bulk_create(runs)
        Incident.objects.bulk_create(incidents)
        Approval.objects.bulk_create(waiting_on)


@pytest.fixture
def told():
    """Count the signals of resolved incidents and ended approvals, of any thread."""
    counted: Counter[tuple[str, object]] = Counter()
    lock = Lock()

    def resolved(incident, **_):
        with lock:
            counted["incident", incident.pk] += 1

    def decided(approval, **_):
        with lock:
            counted["approval", approval.pk] += 1

    signals.incident_resolved.connect(resolved)
    signals.approval_decided.connect(decided)
    yield counted
    signals.incident_resolved.disconnect(resolved)
    signals.approval_decided.disconnect(decided)


def test_two_sweeps_at_once_expire_each_approval_once(key, told):
    overdue(2_000)
    first, second = together([expiry.sweep, expiry.sweep])
    assert first.expired + second.expired == 2_000
    assert first.resolved + second.resolved == 2_000
    assert first.errors + second.errors == 0
    assert len(told) == 4_000
    assert set(told.values()) == {1}
    with tenancy.scope(["awoooi"]):
        assert Approval.objects.filter(status=ApprovalStatus.EXPIRED).count() == 2_000
        assert Run.objects.filter(state=RunState.TIMED_OUT).count() == 2_000
        resolved = Incident.objects.filter(resolution_type="timeout", disposition="timeout_ignored")
        assert resolved.count() == 2_000
        expired = AuditRecord.objects.filter(action="run.approval.expire")
        assert expired.values("resource_id").distinct().count() == expired.count() == 2_000
        assert audit.verify("awoooi").broken_at is None


def test_a_decision_and_a_sweep_at_the_end_of_time_never_both_win(key):
    """The approval's time is over for the sweep and not yet for the decision, a moment before."""
    approval = waiting(key)
    with tenancy.scope(["awoooi"]):
        Approval.objects.filter(pk=approval.pk).update(expires_at=now() + timedelta(seconds=0.05))
    jobs = [partial(decide, api, approval) for api in deciders(4)]
    answers = together([*jobs, expiry.sweep, expiry.sweep])[:4]
    expiry.sweep()
    wins = [answer for answer in answers if answer.status_code == 200]
    with tenancy.scope(["awoooi"]):
        approval.refresh_from_db()
        run = Run.objects.get(pk=approval.run_id)
        outcome = (approval.status, run.state, len(wins), ApprovalToken.objects.count())
    assert outcome in (
        (ApprovalStatus.APPROVED, RunState.RUNNING, 1, 1),
        (ApprovalStatus.PENDING, RunState.WAITING_APPROVAL, 0, 0),
        (ApprovalStatus.EXPIRED, RunState.TIMED_OUT, 0, 0),
    )


@pytest.fixture
def run(key):
    with tenancy.scope(["awoooi"]):
        return factories.running(key)


def test_simultaneous_posts_of_the_same_steps_write_them_once(key, run):
    rows = [{"step_seq": n, "tool_name": "kubectl.get"} for n in range(1, 21)]
    post = partial(factories.ApiClient(key).post, f"/platform/runs/{run.run_id}/steps", rows)
    answers = [answer.json() for answer in together([post] * 8)]
    assert sorted(answer["written"] for answer in answers) == [0] * 7 + [20]
    with tenancy.scope(["awoooi"]):
        run.refresh_from_db()
        assert run.step_count == Step.objects.filter(run=run).count() == 20


def test_steps_and_a_decision_at_once_number_apart(key):
    approval = waiting(key)
    api, decider = factories.ApiClient(key), deciders(1)[0]
    path = f"/platform/runs/{approval.run_id}/steps"

    def journal(seq: int):
        return api.post(path, {"step_seq": seq, "tool_name": "kubectl.get"})

    jobs = [partial(journal, n) for n in range(1, 9)]
    *journalled, decided = together([*jobs, partial(decide, decider, approval)])
    assert decided.status_code == 200
    assert {answer.status_code for answer in journalled} <= {201, 409}
    with tenancy.scope(["awoooi"]):
        steps = Step.objects.filter(run_id=approval.run_id)
        written = sum(answer.status_code == 201 for answer in journalled)
        assert steps.count() == Run.objects.get(pk=approval.run_id).step_count == written + 1


def test_of_simultaneous_posts_of_one_event_one_is_the_original(key):
    row = {"channel_type": "telegram", "provider_event_id": "update-1"}
    post = partial(factories.ApiClient(key).post, "/platform/channel-events", row)
    answers = together([post] * 8)
    assert {answer.status_code for answer in answers} == {201}
    with tenancy.scope(["awoooi"]):
        assert ChannelEvent.objects.count() == 8
        assert ChannelEvent.objects.filter(is_duplicate=False).count() == 1


def test_simultaneous_posts_of_one_event_id_store_it_once(key):
    row = {"channel_type": "telegram", "provider_event_id": "u", "event_id": str(uuid4())}
    post = partial(factories.ApiClient(key).post, "/platform/channel-events", row)
    answers = together([post] * 8)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 7}
    with tenancy.scope(["awoooi"]):
        assert ChannelEvent.objects.count() == 1


def test_lists_in_opposite_orders_do_not_wait_for_each_other(key, run):
    text = [f"INC-20261120-AA{n:02d}" for n in range(20)]
    rows = [
        {"channel_type": "ci", "provider_event_id": f"e{n}", "content": text[n],
         "run_id": str(run.run_id)}
        for n in range(20)
    ]  # fmt: skip
    records = [
        {"id": str(uuid4()), "mcp_server": "k8s", "tool_name": "get", "incident_id": ident}
        for ident in text
    ]
    api = factories.ApiClient(key)
    jobs = []
    for _ in range(4):
        jobs.append(partial(api.post, "/platform/channel-events", rows))
        jobs.append(partial(api.post, "/platform/channel-events", rows[::-1]))
        jobs.append(partial(api.post, "/platform/mcp/legacy-records", records))
        jobs.append(partial(api.post, "/platform/mcp/legacy-records", records[::-1]))
    answers = together(jobs)
    assert {answer.status_code for answer in answers} <= {200, 201}
    with tenancy.scope(["awoooi"]):
        assert ChannelEvent.objects.filter(is_duplicate=False).count() == 20
        run.refresh_from_db()
        assert run.remediation_status == "mcp_observed"
        assert run.incident_links.count() == 20


def test_simultaneous_executions_are_counted_once_each(key):
    with tenancy.scope(["awoooi"]):
        Incident.objects.create(incident_id="INC-20261120-EXEC", project_id="awoooi", title="x")
        playbook = Playbook.objects.create(project_id="awoooi", name="Restart")
    shared = {"id": str(uuid4()), "success": True, "playbook_id": str(playbook.pk)}
    path = "/platform/incidents/INC-20261120-EXEC/executions"
    api = factories.ApiClient(key)

    def post(_: int):
        own = {**shared, "id": str(uuid4()), "success": False}
        return api.post(path, [shared, own])

    answers = together([partial(post, n) for n in range(8)])
    assert {answer.status_code for answer in answers} == {201}
    with tenancy.scope(["awoooi"]):
        playbook.refresh_from_db()
        assert Execution.objects.count() == 9
        assert (playbook.success_count, playbook.failure_count) == (1, 8)
        assert playbook.trust_score == playbook.earned_trust()


def test_simultaneous_creations_of_one_run_make_one(key):
    body = {"run_id": str(uuid4()), "agent_id": "sre-agent", "trigger_ref": "INC-20261120-RUNS"}
    post = partial(factories.ApiClient(key).post, "/platform/runs", body)
    answers = together([post] * 8)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 7}
    assert len({answer.content for answer in answers}) == 1


def test_simultaneous_resolutions_resolve_once(key, told):
    with tenancy.scope(["awoooi"]):
        Incident.objects.create(incident_id="INC-20261120-DONE", project_id="awoooi", title="x")
    path = "/platform/incidents/INC-20261120-DONE/resolve"
    post = partial(factories.ApiClient(key).post, path, {"resolution_type": "manual"})
    answers = together([post] * 8)
    assert Counter(answer.json()["already_resolved"] for answer in answers) == {False: 1, True: 7}
    assert told["incident", "INC-20261120-DONE"] == 1


def test_simultaneous_incidents_of_one_alert_group_open_once(key):
    body = {"title": "Disk full", "fingerprint": "f1"}
    post = partial(factories.ApiClient(key).post, "/platform/incidents", body)
    answers = together([post] * 8)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    with tenancy.scope(["awoooi"]):
        assert Incident.objects.count() == 1
