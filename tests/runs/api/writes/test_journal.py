"""A run's journal: steps, gateway calls, messages, events, and what they link."""

from __future__ import annotations

from uuid import uuid4

import pytest

from awooop import counters
from runs.models import ChannelEvent, McpCall, OutboundMessage, Run, Step
from tests import factories

SECRET = "password=hunter2hunter2"


def path(world, tail: str) -> str:
    return f"/platform/runs/{world.run.run_id}/{tail}"


def step(seq: int, tool: str = "kubectl.get", **more) -> dict:
    return {"step_seq": seq, "tool_name": tool, **more}


def test_steps_raise_the_count_by_what_is_new(world):
    world.api.post(path(world, "steps"), [step(1), step(2)])
    body = world.api.post(path(world, "steps"), [step(2), step(3), step(3)]).json()
    assert (body["written"], body["duplicates"]) == (1, 2)
    assert (body["step_count"], body["next_step_seq"]) == (3, 4)
    world.run.refresh_from_db()
    assert world.run.step_count == Step.objects.filter(run=world.run).count() == 3


def test_a_number_taken_by_another_tool_is_a_conflict_that_tells_the_next_free(world):
    world.api.post(path(world, "steps"), [step(1), step(7)])
    answer = world.api.post(path(world, "steps"), [step(8), step(7, "kubectl.delete")])
    assert answer.status_code == 409
    body = answer.json()
    assert body["code"] == "step_seq_taken"
    assert body["next_step_seq"] == 8
    assert [error["field"] for error in body["errors"]] == ["1.step_seq"]
    assert "kubectl.get" in body["detail"]
    assert Step.objects.filter(run=world.run).count() == 2


def test_a_worker_numbers_on_after_an_operators_step(world):
    world.api.post(path(world, "steps"), [step(1)])
    world.api.post(
        path(world, "approval-requests"), {"tool_name": "t", "suggested_action": "Do it"}
    )
    deciding = factories.ApiClient(factories.api_key("awoooi", scopes=["decide"]))
    deciding.post(f"/platform/approvals/{world.run.run_id}/decide", {"decision": "approve"})
    clash = world.api.post(path(world, "steps"), step(2))
    assert clash.status_code == 409
    assert "operator_console.approve" in clash.json()["detail"]
    told = world.api.post(path(world, "heartbeat")).json()
    assert told["next_step_seq"] == clash.json()["next_step_seq"] == 3
    body = world.api.post(path(world, "steps"), step(3)).json()
    assert body["step_count"] == 3


def test_one_number_with_two_tools_in_a_list_is_malformed(world):
    answer = world.api.post(path(world, "steps"), [step(1), step(1, "kubectl.delete")])
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "1.step_seq"


def test_a_journal_may_begin_at_zero(world):
    body = world.api.post(path(world, "steps"), step(0)).json()
    assert body["next_step_seq"] == 1


def test_secrets_are_taken_out_of_steps(world):
    world.api.post(path(world, "steps"), step(1, summary=f"ran with {SECRET}", block_reason=SECRET))
    kept = Step.objects.get(run=world.run)
    assert "hunter2" not in kept.summary + kept.block_reason
    assert "ran with" in kept.summary


def test_a_gateway_call_is_of_the_runs_agent_unless_it_says_otherwise(world):
    rows = [{"tool_name": "a", "result_status": "blocked", "block_gate": "scope",
             "block_reason": SECRET, "gate_result": {"note": SECRET, "policy_enforced": True}},
            {"tool_name": "b", "result_status": "success", "agent_id": "helper"}]  # fmt: skip
    world.api.post(path(world, "mcp-calls"), rows)
    first, second = McpCall.objects.filter(run=world.run).order_by("tool_name")
    assert (first.agent_id, second.agent_id) == ("sre-agent", "helper")
    assert "hunter2" not in f"{first.block_reason}{first.gate_result}"
    assert first.gate_result["policy_enforced"] is True


def test_a_message_is_queued_for_the_operators_without_its_secrets(world):
    text = f"{SECRET} " + "x" * 600
    world.api.post(path(world, "messages"), {"message_type": "final", "content": text})
    kept = OutboundMessage.objects.get(run=world.run)
    assert kept.send_status == "queued"
    assert kept.next_attempt_at is not None
    assert "hunter2" not in kept.content
    assert kept.content_preview == kept.content[:500]


def test_a_message_that_was_sent_is_not_sent_again(world):
    row = {
        "message_type": "error",
        "send_status": "failed",
        "send_error": f"refused: {SECRET}",
        "content_preview": "INC-20261120-CC33",
    }
    world.api.post(path(world, "messages"), row)
    kept = OutboundMessage.objects.get(run=world.run)
    assert kept.next_attempt_at is None
    assert "hunter2" not in kept.send_error
    assert kept.content_preview == "INC-20261120-CC33"


def test_messages_link_their_incidents(world):
    row = {"message_type": "interim", "content": "See INC-20261120-CC33"}
    world.api.post(path(world, "messages"), row)
    links = world.run.incident_links.order_by("position").values_list("incident_id", "source")
    assert list(links) == [("INC-20261120-AB12", "trigger_ref"), ("INC-20261120-CC33", "outbound")]


def event(ident: str = "u1", **more) -> dict:
    return {"channel_type": "telegram", "provider_event_id": ident, **more}


def test_a_repeated_event_is_stored_as_a_duplicate(world):
    world.api.post("/platform/channel-events", event())
    answer = world.api.post("/platform/channel-events", [event(), event("u2"), event()])
    assert answer.status_code == 201
    body = answer.json()
    assert (body["written"], body["duplicates"]) == (3, 2)
    kept = ChannelEvent.objects.filter(provider_event_id="u1").values_list("is_duplicate")
    assert sorted(kept) == [(False,), (True,), (True,)]


def test_of_one_id_twice_in_a_list_the_first_is_the_original(world):
    rows = [event(event_id=str(uuid4())), event(event_id=str(uuid4()))]
    world.api.post("/platform/channel-events", rows)
    assert not ChannelEvent.objects.get(event_id=rows[0]["event_id"]).is_duplicate
    assert ChannelEvent.objects.get(event_id=rows[1]["event_id"]).is_duplicate


def test_an_event_of_another_channel_is_an_original(world):
    world.api.post("/platform/channel-events", event())
    world.api.post("/platform/channel-events", {**event(), "channel_type": "slack"})
    assert ChannelEvent.objects.filter(is_duplicate=False).count() == 2


def test_an_events_content_is_kept_without_its_secrets(world):
    text = f"{SECRET} " + "y" * 600
    envelope = {"source_refs": {"incident_ids": ["INC-20261120-EE55"]}, "password": "hunter2"}
    row = event(content=text, source_envelope=envelope, run_id=str(world.run.run_id))
    world.api.post("/platform/channel-events", row)
    kept = ChannelEvent.objects.get()
    assert "hunter2" not in f"{kept.content_redacted}{kept.source_envelope}"
    assert kept.content_preview == kept.content_redacted[:500]
    assert kept.source_envelope["source_refs"] == envelope["source_refs"]
    ids = world.run.incident_links.order_by("position").values_list("incident_id", flat=True)
    assert list(ids) == ["INC-20261120-AB12", "INC-20261120-EE55"]


def test_an_events_content_may_be_sent_by_the_name_that_it_is_kept_by(world):
    world.api.post("/platform/channel-events", event(content_redacted="as kept"))
    assert ChannelEvent.objects.get().content_redacted == "as kept"
    both = event("u2", content="a", content_redacted="b")
    answer = world.api.post("/platform/channel-events", both)
    assert answer.json()["errors"][0]["field"] == "content_redacted"
    assert answer.status_code == 422


def test_an_event_finds_the_run_that_it_triggered(world):
    run = factories.run(trigger_ref="update-9")
    world.api.post(
        "/platform/channel-events", event("update-9", content_redacted="INC-20261120-DD44")
    )
    assert run.incident_links.get().incident_id == "INC-20261120-DD44"


@pytest.mark.parametrize("is_other", [False, True])
def test_an_event_of_a_run_that_is_not_here_is_refused_by_row(world, other_project, is_other):
    run_id = uuid4()
    if is_other:
        answer = factories.ApiClient(factories.api_key("other")).post(
            "/platform/runs", {"run_id": str(run_id), "agent_id": "a"}
        )
        assert answer.status_code == 201
    answer = world.api.post("/platform/channel-events", [event(), event("u2", run_id=str(run_id))])
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "1.run_id", "message": "no such run, or none that you may see"}
    ]
    assert ChannelEvent.objects.count() == 0


def test_what_is_written_is_counted(world):
    world.api.post(path(world, "steps"), [step(1), step(2)])
    world.api.post(path(world, "steps"), [step(2), step(3)])
    totals = {tuple(sorted(labels.items())): value for name, labels, value in counters.read()
              if name == "awooop_ingested"}  # fmt: skip
    assert totals[(("kind", "step"), ("project_id", "awoooi"))] == 3


def test_times_of_any_offset_are_kept_in_utc(world):
    world.api.post(path(world, "steps"), step(1, created_at="2026-11-20T08:00:00.123456789+08:00"))
    kept = Step.objects.get(run=world.run)
    assert kept.created_at.isoformat() == "2026-11-20T00:00:00.123456+00:00"


def test_a_late_worker_still_journals_a_run_that_ended(world):
    Run.objects.filter(pk=world.run.pk).update(state="completed", worker_key="", worker_id=None)
    assert world.api.post(path(world, "steps"), step(1)).status_code == 201
