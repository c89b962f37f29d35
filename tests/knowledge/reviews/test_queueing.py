from __future__ import annotations

import pytest

from awooop import tenancy
from awooop.models import AuditRecord
from governance.models import Dispatch, GovernanceEvent
from knowledge.models import KnowledgeEntry, KnowledgeRevision
from runs.models import OutboundMessage
from tests import factories
from tests.knowledge.reviews.rows import entry, queued, stale_and_fresh
from tests.runs.together import together
from tests.runs.transactions import read_only

pytestmark = pytest.mark.django_db
BATCH = "/knowledge/stale-owner-reviews/batch"
BODY = {"owner": "kim", "priority_tiers": ["P0", "P1", "P2"], "limit": 10}


def test_queueing_one_opens_its_event_and_dispatch_and_tells_nobody(api):
    made = entry(30)
    receipt = queued(api, made, owner="lee", owner_note="please")
    assert (receipt["status"], receipt["writes_km"]) == ("queued", False)
    assert receipt["next_action"] == "owner_review_stale_km_candidate"
    dispatch = Dispatch.objects.get(pk=receipt["dispatch_id"])
    assert (dispatch.executor_type, dispatch.subject) == ("km_stale_owner_review", str(made.pk))
    assert (dispatch.owner, dispatch.operator_note) == ("lee", "please")
    event = GovernanceEvent.objects.get(pk=receipt["governance_event_id"])
    assert (event.event_type, event.subject, event.severity) == (
        "kb_stale",
        str(made.pk),
        "warning",
    )
    assert not OutboundMessage.objects.exists()
    assert AuditRecord.objects.filter(action="governance.dispatch.open").count() == 1


def test_without_a_name_the_entrys_owner_reviews(api):
    assert queued(api, entry(30))["owner"] == "kim"


def test_again_is_no_second_review(api):
    made = entry(30)
    first = queued(api, made)
    again = queued(api, made)
    assert (again["status"], again["dispatch_id"]) == ("already_queued", first["dispatch_id"])
    assert Dispatch.objects.count() == 1


def test_a_dry_run_opens_nothing(api):
    receipt = queued(api, entry(30), dry_run=True)
    assert (receipt["status"], receipt["dispatch_id"]) == ("dry_run", None)
    assert not Dispatch.objects.exists()
    assert not GovernanceEvent.objects.exists()


def test_a_fresh_or_archived_entry_has_nothing_to_review(api):
    for made in (entry(), entry(30, status="archived")):
        answer = api.post(f"/knowledge/entries/{made.pk}/stale-owner-review", {})
        assert (answer.status_code, answer.json()["code"]) == (409, "not_stale")


def test_another_projects_entry_is_unknown(api, other_project):
    made = entry(30, project="other")
    answer = api.post(f"/knowledge/entries/{made.pk}/stale-owner-review", {})
    assert answer.status_code == 404


def test_operators_may_not_queue_and_readers_keys_neither(project):
    from awooop.errors import NotAllowed
    from knowledge.actions import queue_reviews

    made = entry(30)
    operator = factories.caller_of_user(factories.user(awoooi="operator"))
    with pytest.raises(NotAllowed):
        queue_reviews.queue_one(by=operator, entry_id=made.pk)
    reader = factories.ApiClient(factories.api_key(scopes=["read", "ingest", "decide"]))
    answer = reader.post(f"/knowledge/entries/{made.pk}/stale-owner-review", {})
    assert answer.status_code == 403


def test_a_batch_is_previewed_then_confirmed(api):
    stale_and_fresh(3, 1)
    preview = api.post(BATCH, BODY).json()
    assert (preview["status"], preview["candidate_count"], preview["queued_count"]) == (
        "dry_run",
        3,
        0,
    )
    assert {item["status"] for item in preview["items"]} == {"would_queue"}
    assert not Dispatch.objects.exists()
    done = api.post(
        BATCH,
        {
            **BODY,
            "dry_run": False,
            "dry_run_plan_fingerprint": preview["dry_run_plan_fingerprint"],
        },
    ).json()
    assert (done["status"], done["queued_count"]) == ("queued", 3)
    assert {item["status"] for item in done["items"]} == {"queued"}
    reviews = Dispatch.objects.filter(executor_type="km_stale_owner_review")
    assert {row.decision_context["batch_dispatch_id"] for row in reviews} == {
        done["batch_dispatch_id"]
    }
    assert not KnowledgeRevision.objects.filter(version=2).exists()
    inbox = api.get("/knowledge/stale-owner-reviews/inbox").json()["items"]
    assert {item["batch_dispatch_id"] for item in inbox} == {done["batch_dispatch_id"]}
    batch = done["batch_governance_event_id"]
    queue = "/knowledge/stale-owner-reviews/completion-queue"
    assert api.get(queue, batch_governance_event_id=batch).json()["total"] == 3


def confirm_batch(api, **change):
    fingerprint = api.post(BATCH, BODY).json()["dry_run_plan_fingerprint"]
    body = {**BODY, "dry_run": False, "dry_run_plan_fingerprint": fingerprint, **change}
    return api.post(BATCH, body)


def test_a_second_confirmation_finds_it_done(api):
    stale_and_fresh(2, 0)
    confirm_batch(api)
    again = confirm_batch(api)
    assert (again.status_code, again.json()["status"]) == (200, "noop_already_queued")
    assert again.json()["already_queued_count"] == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"dry_run_plan_fingerprint": None}, "dry_run_required"),
        ({"dry_run_plan_fingerprint": "0" * 64}, "plan_changed"),
        ({"owner": "lee"}, "plan_changed"),
        ({"owner_note": "other"}, "plan_changed"),
        ({"limit": 1}, "plan_changed"),
        ({"priority_tiers": ["P2"]}, "plan_changed"),
    ],
)
def test_another_plan_than_the_previewed_one_is_refused(api, change, code):
    stale_and_fresh(2, 0)
    answer = confirm_batch(api, **change)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert not Dispatch.objects.exists()


def test_an_entry_that_changed_since_the_preview_is_refused(api):
    one, *_ = stale_and_fresh(2, 0)
    preview = api.post(BATCH, BODY).json()
    KnowledgeEntry.objects.filter(pk=one.pk).update(version=2)
    answer = api.post(
        BATCH,
        {
            **BODY,
            "dry_run": False,
            "dry_run_plan_fingerprint": preview["dry_run_plan_fingerprint"],
        },
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_changed")
    fresh = answer.json()["dry_run_plan_fingerprint"]
    assert fresh != preview["dry_run_plan_fingerprint"]


def test_review_drafts_are_left_to_their_own_page(api):
    entry(30, entry_type="review_draft")
    preview = api.post(BATCH, BODY).json()
    assert (preview["skipped_count"], preview["items"][0]["reason"]) == (
        1,
        "review_drafts_are_deduplicated",
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"owner": ""}, "owner"),
        ({"owner": "x" * 129}, "owner"),
        ({"owner_note": "x" * 241}, "owner_note"),
        ({"limit": 0}, "limit"),
        ({"limit": 51}, "limit"),
        ({"priority_tiers": []}, "priority_tiers"),
        ({"priority_tiers": ["P7"]}, "priority_tiers.0"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_bad_input_names_the_field(api, change, field):
    answer = api.post(BATCH, {**BODY, **change})
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]


def test_a_batchs_statements_do_not_grow(api, django_assert_max_num_queries):
    stale_and_fresh(2, 0)
    with django_assert_max_num_queries(200) as counted:
        confirm_batch(api)
    for n in range(8):
        entry(40 + n, title=f"More {n}")
    with django_assert_max_num_queries(len(counted)):
        assert confirm_batch(api).json()["queued_count"] == 8


def test_the_inbox_lists_what_waits_the_most_urgent_first(api):
    for days in (10, 80, 40):
        queued(api, entry(days, title=f"Stale {days}"))
    found = api.get("/knowledge/stale-owner-reviews/inbox").json()
    assert [item["stale_days"] for item in found["items"]] == [80, 40, 10]
    assert (found["total"], found["returned"]) == (3, 3)
    assert found["items"][0]["owner"] == "kim"
    done = api.get("/knowledge/stale-owner-reviews/inbox", dispatch_status="succeeded").json()
    assert done["items"] == []


@pytest.mark.parametrize("verb", ["skip", "cancel"])
def test_a_review_that_is_given_up_closes_its_event(api, verb):
    receipt = queued(api, entry(30))
    assert api.post(f"/ai/governance/queue/{receipt['dispatch_id']}/{verb}").status_code == 200
    assert GovernanceEvent.objects.get(pk=receipt["governance_event_id"]).resolved


@pytest.mark.parametrize("verb", ["start", "complete"])
def test_a_review_is_not_completed_past_its_owner(api, verb):
    receipt = queued(api, entry(30))
    answer = api.post(f"/ai/governance/queue/{receipt['dispatch_id']}/{verb}")
    assert (answer.status_code, answer.json()["allowed"]) == (409, ["skip", "cancel"])


def test_reading_writes_nothing(api):
    queued(api, entry(30))
    with read_only():
        for path in (
            "/knowledge/stale-candidates",
            "/knowledge/stale-owner-reviews/inbox",
            "/knowledge/stale-owner-reviews/completion-queue",
            "/knowledge/stale-owner-reviews/burn-down",
            "/knowledge/review-drafts/dedupe",
        ):
            assert api.get(path).status_code == 200


@pytest.mark.usefixtures("truncatable")
def test_of_eight_batches_at_once_one_queues():
    factories.project("awoooi")
    key = factories.api_key("awoooi")
    with tenancy.scope(["awoooi"]):
        stale_and_fresh(4, 0)
    fingerprint = factories.ApiClient(key).post(BATCH, BODY).json()["dry_run_plan_fingerprint"]

    def one():
        body = {**BODY, "dry_run": False, "dry_run_plan_fingerprint": fingerprint}
        return factories.ApiClient(key).post(BATCH, body).json()["status"]

    assert sorted(together([one] * 8)) == ["noop_already_queued"] * 7 + ["queued"]
    with tenancy.scope(["awoooi"]):
        reviews = Dispatch.objects.filter(executor_type="km_stale_owner_review")
        assert reviews.count() == 4
