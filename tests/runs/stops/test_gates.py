"""What a stop holds back: the gateway, tokens, claims and decisions; and what goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from awooop import clock, tenancy
from awooop.clock import now
from awooop.models import Stop
from awooop.stops import Stopped
from runs.actions import approvals, runs
from runs.models import ApprovalToken, McpCall, OutboundMessage, Run
from tests import factories
from tests.awooop.stops.support import EVERY, lift, place
from tests.runs.gateway.support import ARGUMENTS, READ, WRITE, desk, redeemed, refusals

pytestmark = pytest.mark.django_db

HOLDS = {
    "everything": {"project_id": None},
    "the project": {},
    "the agent": {"agent_id": "sre-agent"},
    "the agent everywhere": {"project_id": None, "agent_id": "sre-agent"},
    "the tool": {"tool_name": WRITE},
    "the tool everywhere": {"project_id": None, "tool_name": WRITE},
}
LETS = {
    "another agent": {"agent_id": "db-agent"},
    "another tool": {"tool_name": "pg.drop"},
}
WHOLE = {name: HOLDS[name] for name in HOLDS if "tool" not in name}


@pytest.fixture(params=HOLDS.values(), ids=HOLDS)
def target(request):
    return request.param


@pytest.fixture
def here(other_project, key):
    return desk(key)


def test_a_call_is_refused_and_says_by_which_stop(here, target):
    token = here.approved()
    stop = place(**target)
    said = here.write(token).json()
    assert (said["allowed"], said["policy_enforced"]) == (False, True)
    assert said["block_gate"] == "stop"
    assert stop.reason in said["block_reason"]
    assert said["gate_result"]["stop_id"] == str(stop.pk)
    assert [one["name"] for one in said["gate_result"]["gates"]] == ["stop"]
    call = McpCall.objects.get(pk=said["call_id"])
    assert (call.result_status, call.block_gate) == ("blocked", "stop")
    (details,) = refusals()
    assert (details["gate"], details["stop_id"]) == ("stop", str(stop.pk))


def test_the_token_is_kept_and_opens_once_the_stop_is_lifted(here, target):
    token = here.approved()
    stop = place(**target)
    here.write(token)
    assert redeemed() == 0
    lift(stop)
    assert here.write(token).json()["allowed"] is True


@pytest.mark.parametrize("other", LETS.values(), ids=LETS)
def test_a_stop_of_something_else_holds_nothing_back(here, other):
    place(**other)
    assert here.write(here.approved()).json()["allowed"] is True
    assert here.ask().json()["allowed"] is True


def test_a_stop_of_another_project_holds_nothing_back(here):
    with tenancy.scope(["other"]):
        place("other", by=EVERY)
    assert here.ask().json()["allowed"] is True


def test_a_stopped_tool_leaves_the_others(here):
    place(tool_name=WRITE)
    assert here.ask(READ).json()["allowed"] is True
    assert here.ask(WRITE).json()["block_gate"] == "stop"


@pytest.mark.parametrize("shadow", ["run", "project"])
def test_a_shadow_run_is_stopped_as_any(here, project, shadow):
    if shadow == "run":
        Run.objects.update(is_shadow=True)
    else:
        project.migration_mode = "shadow"
        project.save()
    place()
    said = here.ask().json()
    assert (said["allowed"], said["policy_enforced"], said["block_gate"]) == (False, True, "stop")


def test_it_is_named_before_every_other_gate(here, project):
    project.is_active = False
    project.save()
    place()
    assert here.ask().json()["block_gate"] == "stop"


def test_a_verdict_that_is_asked_for_again_allows_nothing_any_more(here):
    ident = "9f0c6c0e-3df6-4f39-8f6e-0b8f3f6b6d01"
    assert here.ask(call_id=ident).json()["allowed"] is True
    stop = place()
    again = here.ask(call_id=ident)
    assert (again.status_code, again.json()["code"]) == (409, "stopped")
    assert (again.json()["allowed"], again.json()["stop_id"]) == (False, str(stop.pk))
    lift(stop)
    assert here.ask(call_id=ident).json()["allowed"] is True


def test_redeeming_a_token_by_itself_is_refused_and_it_stays_good(here, target):
    text = here.approved()
    stop = place(**target)
    body = {"token": text, "tool_name": WRITE, "arguments": ARGUMENTS}
    refused = here.api.post("/platform/approvals/tokens/redeem", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "stopped")
    assert refused.json()["stop_id"] == str(stop.pk)
    assert redeemed() == 0
    lift(stop)
    assert here.api.post("/platform/approvals/tokens/redeem", body).status_code == 200


def test_a_token_is_not_handed_out(here, target):
    here.approved()
    place(**target)
    refused = here.api.post(f"/platform/runs/{here.run.run_id}/approval-token", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "stopped")


def test_approving_is_refused_and_issues_nothing(here, key, target):
    waiting = factories.waiting(key, tool_name=WRITE)
    place(**target)
    body = {"decision": "approve", "reason": "seen"}
    another = factories.ApiClient(factories.api_key("awoooi"))
    refused = another.post(f"/platform/approvals/{waiting.run_id}/decide", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "stopped")
    waiting.refresh_from_db()
    assert (waiting.status, waiting.votes.count()) == ("pending", 0)
    assert not ApprovalToken.objects.filter(approval=waiting).exists()


def test_rejecting_works_while_all_is_stopped(here, key, target):
    waiting = factories.waiting(key, tool_name=WRITE)
    place(**target)
    body = {"decision": "reject", "reason": "no"}
    another = factories.ApiClient(factories.api_key("awoooi"))
    done = another.post(f"/platform/approvals/{waiting.run_id}/decide", body)
    assert (done.status_code, done.json()["new_state"]) == (200, "cancelled")


@pytest.mark.parametrize("whole", WHOLE.values(), ids=WHOLE)
def test_nothing_is_claimed_and_what_waits_goes_on_waiting(here, whole):
    waiting = factories.run()
    stop = place(**whole)
    body = {"agent_id": "sre-agent", "worker_id": "w2"}
    refused = here.api.post("/platform/runs/claim", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "stopped")
    waiting.refresh_from_db()
    assert waiting.state == "pending"
    lift(stop)
    assert here.api.post("/platform/runs/claim", body).json()["run_id"] == str(waiting.run_id)


def test_a_stopped_tool_keeps_nobody_from_claiming(here):
    factories.run()
    place(tool_name=WRITE)
    body = {"agent_id": "sre-agent", "worker_id": "w2"}
    assert here.api.post("/platform/runs/claim", body).status_code == 200


def test_the_heartbeat_tells_the_agent(here):
    def beat() -> dict:
        return here.api.post(f"/platform/runs/{here.run.run_id}/heartbeat", {}).json()

    assert (beat()["stop"], beat()["stopped_tools"]) == (None, [])
    place(tool_name=WRITE)
    assert (beat()["stop"], beat()["stopped_tools"]) == (None, [WRITE])
    stop = place(agent_id="sre-agent")
    said = beat()
    assert (said["state"], said["stop"]["stop_id"]) == ("running", str(stop.pk))
    assert (said["stop"]["scope"], said["stop"]["reason"]) == ("agent", stop.reason)


def test_runs_incidents_and_reports_of_calls_go_on(here):
    call_id = here.ask().json()["call_id"]
    place()
    done = here.api.post(f"/platform/mcp/calls/{call_id}/result", {"outcome": "success"})
    assert done.status_code == 200
    ended = here.api.post(f"/platform/runs/{here.run.run_id}/transition", {"state": "completed"})
    assert ended.status_code == 200
    assert here.api.post("/platform/runs", {"agent_id": "sre-agent"}).status_code == 201


def test_the_chat_is_told_of_both_ends(here):
    lift(place(tool_name="pg.drop"))
    texts = list(OutboundMessage.objects.order_by("queued_at").values_list("content", flat=True))
    assert len(texts) == 2
    assert texts[0].startswith("KILL SWITCH: STOPPED\nThe tool pg.drop is stopped in awoooi")
    assert texts[1].startswith("KILL SWITCH: LIFTED")
    assert "Lifted by tests: Mended" in texts[1]
    assert str(Stop.objects.get().pk) in texts[0]


def test_every_active_project_is_told_of_a_stop_of_all(here, other_project):
    with tenancy.scope(["awoooi", "other"]):
        place(None)
        told = OutboundMessage.objects.filter(content__startswith="KILL SWITCH")
        assert set(told.values_list("project_id", flat=True)) == {"awoooi", "other"}


def test_the_metric_counts_what_is_stopped(here, client):
    place(agent_id="sre-agent")
    place(None)
    text = client.get("/metrics").content.decode()
    assert 'awooop_stops_active{project_id="awoooi",scope="agent"} 1.0' in text
    assert 'awooop_stops_active{project_id="",scope="all"} 1.0' in text
    assert 'awooop_stops_active{project_id="awoooi",scope="project"} 0.0' in text


def test_the_metric_says_for_how_long(here, client):
    at = now()
    for hours in (5, 1):
        with clock.set_to(at - timedelta(hours=hours)):
            place(agent_id=f"agent-{hours}")
    with clock.set_to(at):
        text = client.get("/metrics").content.decode()
    name = "awooop_stops_oldest_age_seconds"
    assert f'{name}{{project_id="awoooi",scope="agent"}} 18000.0' in text
    assert f'{name}{{project_id="",scope="all"}} 0.0' in text


def test_the_call_s_page_explains_and_leads_to_the_stop(here, page):
    stop = place()
    said = here.ask().json()
    shown = page.get(f"/awooop/gateway/{said['call_id']}").content.decode()
    assert "Is it stopped by the kill switch?" in shown
    assert f"/awooop/stops/{stop.pk}" in shown
    assert stop.reason in shown


def test_the_inbox_offers_rejecting_only(here, key, page):
    waiting = factories.waiting(key, tool_name=WRITE)
    shown = page.get("/awooop/approvals").content.decode()
    assert "it can be rejected, not approved" not in shown
    stop = place(tool_name=WRITE)
    shown = page.get("/awooop/approvals").content.decode()
    assert "Stopped: it can be rejected, not approved." in shown
    form = {"decision": "approve", "reason": ""}
    path = f"/awooop/approvals/{waiting.pk}/decide?digest={waiting.digest}"
    answer = page.post(path, form)
    assert answer.status_code == 409
    assert stop.reason in answer.content.decode()
    assert page.post(path, {"decision": "reject", "reason": "no"}).status_code == 302


def test_a_decision_by_the_action_is_refused_the_same(here, key):
    waiting = factories.waiting(key)
    place()
    by = factories.caller_of_user(factories.user("op@example.org", awoooi="operator"))
    with pytest.raises(Stopped):
        approvals.decide(by=by, approval_id=waiting.pk, decision="approve")
    agent = factories.caller_of_key(key)
    with pytest.raises(Stopped):
        runs.claim(by=agent, project_id="awoooi", agent_id="sre-agent", worker_id="w")
