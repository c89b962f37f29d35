"""`GET /ai/governance/queue` and the verbs that move a dispatch."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import clock, tenancy
from awooop.models import AuditRecord
from governance.models import Dispatch
from tests import factories
from tests.governance import samples as rows
from tests.runs.transactions import read_only

LIST = "/ai/governance/queue"
NAMED = {
    "id", "governance_event_id", "event_type", "dispatch_status", "executor_type",
    "proposed_action", "playbook_id", "playbook_trust", "created_at", "dispatched_at",
    "started_at", "completed_at", "operator_note", "decision_path", "workflow_stage",
    "workflow_steps", "next_action", "lead_agent", "support_agents", "human_owner",
    "kb_draft_entry_id", "worker_status", "dry_run_plan_fingerprint", "archived_count",
    "stale_ratio_snapshot",
}  # fmt: skip


def move(client, dispatch_id, verb, body=None):
    return client.post(f"{LIST}/{dispatch_id}/{verb}", body if body is not None else b"")


def test_an_empty_queue_has_a_table(api):
    body = api.get(LIST).json()
    assert (body["items"], body["total"], body["page"], body["size"]) == ([], 0, 1, 50)
    assert body["table_pending"] is False


def test_a_row_has_what_the_contract_names(api):
    event = rows.event(
        event_type="knowledge_degradation",
        details={
            "ratio": 0.31,
            "threshold": 0.2,
            "ownership": {
                "lead_agent": "hermes",
                "support_agents": ["km-agent"],
                "human_owner": "mei@example.org",
            },
        },
    )
    dispatch = rows.dispatch(event, playbook_id=uuid4(), playbook_trust=Decimal("0.850"))
    (row,) = api.get(LIST).json()["items"]
    assert set(row) >= NAMED
    assert row["id"] == str(dispatch.pk)
    assert row["governance_event_id"] == str(event.pk)
    assert row["playbook_trust"] == "0.850"
    assert row["decision_path"] == "pending_owner_review"
    assert row["workflow_stage"] == "queued_kb_healthcheck"
    assert row["workflow_steps"][0] == "detected"
    assert row["workflow_steps"][-1] == "stale_ratio_recheck"
    assert row["next_action"] == "run_kb_growth_healthcheck"
    assert (row["lead_agent"], row["support_agents"]) == ("hermes", ["km-agent"])
    assert row["human_owner"] == "mei@example.org"


def test_what_the_worker_left_in_the_context_is_told_and_the_rest_is_null(api):
    told = {
        "kb_draft_entry_id": str(uuid4()),
        "worker_status": "draft_written",
        "dry_run_plan_fingerprint": "ab12",
        "archived_count": 3,
        "stale_ratio_snapshot": {"before": 0.31, "after": 0.12},
    }
    rows.dispatch(decision_context=told)
    (row,) = api.get(LIST).json()["items"]
    assert {name: row[name] for name in told} == told
    assert row["decision_path"] is None
    assert row["lead_agent"] is None


@pytest.mark.parametrize("context", [{}, [], "text", {"ownership": "x", "workflow": [1]}, None])
def test_a_context_of_any_shape_is_no_failure(api, context):
    rows.dispatch(executor_type="other_worker", decision_context=context or {})
    (row,) = api.get(LIST).json()["items"]
    assert row["workflow_steps"] is None
    assert row["human_owner"] is None


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, {"a", "b", "c"}),
        ({"dispatch_status": "pending"}, {"a", "c"}),
        ({"dispatch_status": "failed"}, {"b"}),
        ({"event_type": "trust_drift"}, {"c"}),
        ({"executor_type": "replayer"}, {"c"}),
        ({"executor_type": "replayer", "dispatch_status": "failed"}, set()),
    ],
)
def test_filters(api, query, wanted):
    degraded = rows.event(event_type="knowledge_degradation")
    rows.dispatch(degraded, owner="a")
    rows.dispatch(degraded, owner="b", dispatch_status="failed")
    rows.dispatch(rows.event(), owner="c", executor_type="replayer")
    body = api.get(LIST, **query).json()
    assert {row["owner"] for row in body["items"]} == wanted
    assert body["total"] == len(wanted)


def test_the_newest_comes_first_by_page_and_by_cursor(api):
    at, event = clock.now(), rows.event()
    for hours in range(3):
        made_at = at - timedelta(hours=hours)
        rows.dispatch(event, owner=str(hours), executor_type=f"e{hours}", created_at=made_at)
    first = api.get(LIST, size=2).json()
    rest = api.get(LIST, size=2, cursor=first["next_cursor"]).json()
    again = api.get(LIST, size=2, page=2).json()
    assert [row["owner"] for row in first["items"] + rest["items"]] == ["0", "1", "2"]
    assert again["items"] == rest["items"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"dispatch_status": "sleeping"}, "dispatch_status"),
        ({"event_type": "no such thing"}, "event_type"),
        ({"executor_type": "%"}, "executor_type"),
        ({"size": 0}, "size"),
        ({"cursor": "x"}, "cursor"),
    ],
)
def test_bad_input_is_422_and_names_the_field(api, query, field):
    answer = api.get(LIST, **query)
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}


def test_twice_as_many_cost_no_more_statements(api):
    counts = []
    for _ in range(2):
        for _ in range(5):
            rows.dispatch(rows.event(subject=str(uuid4())))
        with CaptureQueriesContext(connection) as queries:
            api.get(LIST)
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


def test_it_answers_in_a_read_only_transaction(api):
    rows.dispatch()
    with read_only():
        assert api.get(LIST).status_code == 200


# the verbs


@pytest.mark.parametrize(
    ("before", "verb", "after"),
    [
        ("pending", "start", "executing"),
        ("pending", "skip", "skipped"),
        ("pending", "cancel", "cancelled"),
        ("dispatched", "start", "executing"),
        ("dispatched", "fail", "failed"),
        ("executing", "complete", "succeeded"),
        ("executing", "cancel", "cancelled"),
    ],
)
def test_a_verb_moves_a_dispatch(api, before, verb, after):
    dispatch = rows.dispatch(dispatch_status=before)
    answer = move(api, dispatch.pk, verb, {"note": "because"})
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["dispatch_status"], body["operator_note"]) == (after, "because")
    assert AuditRecord.objects.filter(resource_id=str(dispatch.pk)).count() == 1


def test_the_note_may_be_left_out_as_may_the_body(api):
    dispatch = rows.dispatch()
    assert move(api, dispatch.pk, "start").status_code == 200
    assert move(api, dispatch.pk, "complete", {}).status_code == 200


@pytest.mark.parametrize(
    ("before", "verb"),
    [
        ("pending", "complete"),
        ("pending", "fail"),
        ("executing", "start"),
        ("executing", "skip"),
        *((end, "start") for end in ("succeeded", "failed", "skipped", "cancelled")),
        ("succeeded", "fail"),
    ],
)
def test_off_its_path_is_a_conflict_that_changes_nothing(api, before, verb):
    dispatch = rows.dispatch(dispatch_status=before)
    answer = move(api, dispatch.pk, verb)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_dispatch_transition")
    assert answer.json()["dispatch_status"] == before
    assert Dispatch.objects.get().dispatch_status == before
    assert not AuditRecord.objects.filter(resource_id=str(dispatch.pk)).exists()


def test_an_unknown_verb_and_an_unknown_dispatch_are_404(api):
    assert move(api, rows.dispatch().pk, "restart").status_code == 404
    assert move(api, uuid4(), "start").status_code == 404
    assert move(api, "7", "start").status_code == 422


@pytest.mark.parametrize("body", [{"note": "x" * 501}, {"note": 1}, {"why": "x"}, [], "text"])
def test_a_bad_body_is_422(api, body):
    dispatch = rows.dispatch()
    answer = move(api, dispatch.pk, "start", body if body != "text" else b'"text"')
    assert answer.status_code == 422
    assert Dispatch.objects.get().dispatch_status == "pending"


def test_another_projects_dispatch_is_not_found(api, other_project):
    with tenancy.scope(["other"]):
        foreign = rows.dispatch(rows.event("other"))
    assert move(api, foreign.pk, "start").status_code == 404
    assert api.get(LIST).json()["total"] == 0
    assert api.get(LIST, project_id="other").status_code == 404


def test_moving_needs_the_scope_govern(project):
    dispatch = rows.dispatch()
    client = factories.ApiClient(factories.api_key(scopes=["read", "ingest", "decide"]))
    assert move(client, dispatch.pk, "start").status_code == 403
