"""Several decisions at once: previewed, bound to what was shown, each with its own outcome."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awooop import clock, tenancy
from awooop.errors import Conflict, Invalid, NotAllowed
from awooop.models import AuditRecord, Project
from runs.actions import approvals, batch_decisions
from runs.actions.batch_decisions import Chosen
from runs.models import Approval, ApprovalStatus, ApprovalVote, RunState
from tests import factories
from tests.awooop.stops.support import place

PATH = "/platform/approvals/batch-decide"
PAGE = "/awooop/approvals/batch"


@pytest.fixture
def by(operator):
    return factories.caller_of_user(operator)


@pytest.fixture
def other(project):
    return factories.caller_of_user(factories.user("lin@example.org", awoooi="operator"))


def chosen(*asked: Approval) -> list[Chosen]:
    return [Chosen(one.pk, one.digest) for one in asked]


def preview(by, asked, decision="approve"):
    return batch_decisions.decide(by=by, chosen=chosen(*asked), decision=decision)


def confirm(by, asked, decision="approve", reason="", fingerprint=None):
    return batch_decisions.decide(
        by=by,
        chosen=chosen(*asked),
        decision=decision,
        reason=reason,
        dry_run=False,
        fingerprint=fingerprint or preview(by, asked, decision).fingerprint,
    )


def outcomes(batch) -> list[tuple[str, str]]:
    return [(item.status, item.code) for item in batch.items]


def test_a_preview_changes_nothing(by, key):
    asked = [factories.waiting(key), factories.waiting(key, risk_level="low")]
    found = preview(by, asked)
    assert outcomes(found) == [("would_decide", "")] * 2
    assert len(found.fingerprint) == 64
    assert not ApprovalVote.objects.exists()


def test_each_is_a_decision_of_its_own(by, key):
    asked = [factories.waiting(key), factories.waiting(key)]
    done = confirm(by, asked, reason="Matches the runbook")
    assert outcomes(done) == [("decided", "")] * 2
    for one in asked:
        one.refresh_from_db()
        one.run.refresh_from_db()
        assert (one.status, one.run.state) == (ApprovalStatus.APPROVED, RunState.RUNNING)
        assert one.votes.get().reason == "Matches the runbook"
        record = AuditRecord.objects.get(action="run.approval.approve", resource_id=str(one.pk))
        assert record.details["batch_fingerprint"] == done.fingerprint
    assert len({item.outcome.token.jti for item in done.items}) == 2


def test_a_rejected_batch_cancels_its_runs(by, key):
    asked = [factories.waiting(key), factories.waiting(key)]
    confirm(by, asked, "reject")
    states = {one.run.__class__.objects.get(pk=one.run_id).state for one in asked}
    assert states == {RunState.CANCELLED}


@pytest.mark.parametrize(
    "values", [{"risk_level": "high"}, {"risk_level": "critical"}, {"required_approvals": 2}]
)
def test_what_wants_a_look_of_its_own_is_left_out(by, key, values):
    asked = [factories.waiting(key), factories.waiting(key, **values)]
    assert outcomes(preview(by, asked)) == [("would_decide", ""), ("refused", "not_for_batch")]


@pytest.mark.parametrize(
    "values", [{"risk_level": "high"}, {"risk_level": "critical"}, {"required_approvals": 2}]
)
def test_it_is_left_out_of_a_confirmation_too(by, key, values):
    asked = [factories.waiting(key, **values)]
    plan = batch_decisions._plan(by, chosen(*asked), "approve")
    assert outcomes(confirm(by, asked, fingerprint=plan.fingerprint)) == [
        ("refused", "not_for_batch")
    ]
    asked[0].refresh_from_db()
    assert asked[0].status == ApprovalStatus.PENDING
    assert not ApprovalVote.objects.exists()


def test_one_that_somebody_decided_meanwhile_is_named_and_the_rest_go_on(by, other, key):
    asked = [factories.waiting(key), factories.waiting(key)]
    fingerprint = preview(by, asked).fingerprint
    approvals.decide(by=other, approval_id=asked[0].pk, decision="reject")
    done = confirm(by, asked, fingerprint=fingerprint)
    assert outcomes(done) == [("refused", "not_waiting"), ("decided", "")]
    assert done.items[0].decided_by == "lin@example.org"
    assert Approval.objects.get(pk=asked[0].pk).status == ApprovalStatus.REJECTED


def test_one_that_changed_meanwhile_is_refused(by, other, key):
    asked = [factories.waiting(key), factories.waiting(key)]
    fingerprint = preview(by, asked).fingerprint
    approvals.extend(by=other, approval_id=asked[1].pk, seconds=600, reason="Busy")
    done = confirm(by, asked, fingerprint=fingerprint)
    assert outcomes(done) == [("decided", ""), ("refused", "approval_changed")]


def test_one_whose_time_ran_out_is_refused(by, key):
    asked = [factories.waiting(key, expires_in_s=60), factories.waiting(key)]
    fingerprint = preview(by, asked).fingerprint
    with clock.set_to(asked[0].expires_at + timedelta(seconds=1)):
        done = confirm(by, asked, fingerprint=fingerprint)
    assert outcomes(done) == [("refused", "approval_overdue"), ("decided", "")]


def test_ones_own_request_is_left_out(by, key):
    asked = [factories.waiting(key), factories.waiting(key)]
    Approval.objects.filter(pk=asked[0].pk).update(requested_by=by.ident)
    codes = [item.code for item in preview(by, asked).items]
    assert codes == ["requester_may_not_decide", ""]


def test_an_inactive_project_is_named(by, key):
    asked = [factories.waiting(key)]
    Project.objects.update(is_active=False)
    assert outcomes(preview(by, asked)) == [("refused", "project_inactive")]


def test_what_is_stopped_can_be_rejected_and_not_approved(by, key):
    asked = [factories.waiting(key), factories.waiting(key, tool_name="pg.vacuum")]
    fingerprint = preview(by, asked).fingerprint
    place(tool_name="pg.vacuum")
    assert outcomes(preview(by, asked)) == [("would_decide", ""), ("refused", "stopped")]
    done = confirm(by, asked, fingerprint=fingerprint)
    assert outcomes(done) == [("decided", ""), ("refused", "stopped")]
    assert outcomes(confirm(by, asked[1:], "reject")) == [("decided", "")]


def test_where_nothing_would_be_decided_there_is_no_fingerprint(by, key):
    assert preview(by, [factories.waiting(key, risk_level="high")]).fingerprint is None


def test_without_a_preview_it_is_refused(by, key):
    with pytest.raises(Conflict) as refused:
        batch_decisions.decide(
            by=by, chosen=chosen(factories.waiting(key)), decision="approve", dry_run=False
        )
    assert refused.value.code == "dry_run_required"


@pytest.mark.parametrize("change", ["decision", "one more", "one less", "another person"])
def test_a_preview_of_something_else_is_refused(by, other, key, change):
    asked = [factories.waiting(key), factories.waiting(key)]
    fingerprint = preview(by, asked).fingerprint
    decision, who = "approve", by
    if change == "decision":
        decision = "reject"
    elif change == "one more":
        asked.append(factories.waiting(key))
    elif change == "one less":
        asked.pop()
    else:
        who = other
    with pytest.raises(Conflict) as refused:
        confirm(who, asked, decision, fingerprint=fingerprint)
    assert refused.value.code == "plan_changed"
    assert not ApprovalVote.objects.exists()


def test_a_viewer_may_not_even_preview(key):
    viewer = factories.caller_of_user(factories.user("viewer@example.org", awoooi="viewer"))
    with pytest.raises(NotAllowed):
        preview(viewer, [factories.waiting(key)])


def test_the_same_one_twice_and_too_many_are_invalid(by, key):
    one = factories.waiting(key)
    for wrong in ([one, one], [], [one] * 51):
        with pytest.raises(Invalid) as refused:
            preview(by, wrong)
        assert refused.value.errors[0]["field"] == "items"


def test_twice_as_many_are_previewed_in_as_many_statements(by, key):
    counts = []
    for many in (3, 6):
        asked = [factories.waiting(key) for _ in range(many)]
        with CaptureQueriesContext(connection) as queries:
            preview(by, asked)
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]


# by the API


def body(asked, **more):
    items = [{"approval_id": str(one.pk), "digest": one.digest} for one in asked]
    return {"items": items, "decision": "approve", **more}


def test_the_api_previews_and_then_decides(api, key, project):
    decider = factories.ApiClient(factories.api_key(scopes=["decide"]))
    asked = [factories.waiting(key), factories.waiting(key, risk_level="high")]
    found = decider.post(PATH, body(asked)).json()
    assert (found["status"], found["would_decide"], found["refused"]) == ("dry_run", 1, 1)
    would = [
        {name: item[name] for name in ("approval_id", "digest")}
        for item in found["items"]
        if item["status"] == "would_decide"
    ]
    given = {"dry_run": False, "dry_run_plan_fingerprint": found["dry_run_plan_fingerprint"]}
    done = decider.post(PATH, {"items": would, "decision": "approve", **given}).json()
    assert (done["status"], done["decided"], done["refused"]) == ("decided", 1, 0)
    assert done["items"][0]["new_state"] == "running"
    assert done["items"][0]["approval_token_jti"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"items": []}, "items"),
        ({"items": [{"approval_id": "x", "digest": "a" * 64}]}, "items.0.approval_id"),
        ({"decision": "maybe"}, "decision"),
        ({"dry_run": "no"}, "dry_run"),
        ({"dry_run_plan_fingerprint": "short"}, "dry_run_plan_fingerprint"),
        ({"reason": "x" * 501}, "reason"),
        ({"force": True}, "force"),
    ],
)
def test_the_api_names_what_makes_no_sense(api, key, change, field):
    answer = api.post(PATH, {**body([factories.waiting(key)]), **change})
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}


def test_one_of_another_project_is_as_unknown_as_any(api, other_project, key):
    with tenancy.scope(["other"]):
        foreign = factories.waiting(factories.api_key("other"), "other")
    decider = factories.ApiClient(factories.api_key(scopes=["decide"]))
    (item,) = decider.post(PATH, body([foreign])).json()["items"]
    assert (item["status"], item["code"], item["project_id"]) == ("refused", "not_found", None)
    assert item["tool_name"] is None


# on the page


def form(asked, decision="approve", **more):
    return {"items": [f"{one.pk}:{one.digest}" for one in asked], "decision": decision, **more}


def test_the_page_previews_exactly_what_would_be_decided(page, key):
    asked = [factories.waiting(key, arguments={"replicas": 3}), factories.waiting(key)]
    answer = page.post(PAGE, form(asked))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Approve 2?" in text
    assert "&quot;replicas&quot;: 3" in text
    assert text.count("Would be approved") == 2
    assert not ApprovalVote.objects.exists()


def test_the_page_confirms_and_shows_each_outcome(page, by, other, key):
    asked = [factories.waiting(key), factories.waiting(key)]
    fingerprint = preview(by, asked).fingerprint
    approvals.decide(by=other, approval_id=asked[0].pk, decision="reject")
    text = page.post(
        PAGE, form(asked, reason="As agreed", dry_run_plan_fingerprint=fingerprint)
    ).content.decode()
    assert "1 approved" in text
    assert "Decided by lin@example.org." in text
    assert ApprovalVote.objects.get(approval=asked[1]).reason == "As agreed"


def test_another_selection_than_the_previewed_is_shown_anew(page, by, key):
    asked = [factories.waiting(key), factories.waiting(key)]
    fingerprint = preview(by, asked[:1]).fingerprint
    answer = page.post(PAGE, form(asked, dry_run_plan_fingerprint=fingerprint))
    assert answer.status_code == 409
    assert "no longer what was previewed" in answer.content.decode()
    assert not ApprovalVote.objects.exists()


def test_nothing_chosen_is_said(page, key):
    factories.waiting(key)
    answer = page.post(PAGE, form([]))
    assert answer.status_code == 422
    assert "Nothing was chosen" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong", [{"decision": "maybe"}, {"items": "x"}, {"dry_run_plan_fingerprint": "x"}]
)
def test_a_malformed_form_is_422(page, key, wrong):
    assert page.post(PAGE, {**form([factories.waiting(key)]), **wrong}).status_code == 422


def test_the_inbox_offers_a_box_for_low_and_medium_only(page, key):
    low, high = factories.waiting(key, risk_level="low"), factories.waiting(key, risk_level="high")
    quorum = factories.waiting(key, required_approvals=2)
    text = page.get("/awooop/approvals").content.decode()
    assert f'value="{low.pk}:{low.digest}" id="select-{low.pk}"' in text
    assert f"select-{high.pk}" not in text
    assert f"select-{quorum.pk}" not in text


def test_a_runs_page_has_no_box(page, key):
    one = factories.waiting(key)
    assert f"select-{one.pk}" not in page.get(f"/awooop/runs/{one.run_id}").content.decode()
