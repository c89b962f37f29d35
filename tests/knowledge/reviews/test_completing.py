from __future__ import annotations

from datetime import timedelta

import pytest

from awooop import tenancy
from awooop.clock import now
from awooop.models import AuditRecord
from governance.models import Dispatch, GovernanceEvent
from knowledge.actions import complete_review
from knowledge.models import KnowledgeEntry, KnowledgeRevision
from tests import factories
from tests.knowledge.reviews.rows import (
    ARCHIVE,
    REFRESH,
    complete,
    confirmed,
    entry,
    previewed,
    queued,
)
from tests.runs.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewed(api):
    """A stale entry in its owner's inbox."""
    made = entry(30)
    queued(api, made)
    return made


def state(made):
    """All that a completion could change, to be compared."""
    return (
        list(KnowledgeEntry.objects.order_by("pk").values()),
        list(KnowledgeRevision.objects.order_by("pk").values()),
        list(Dispatch.objects.order_by("pk").values()),
        list(GovernanceEvent.objects.order_by("pk").values()),
        AuditRecord.objects.count(),
    )


@pytest.mark.parametrize("body", [REFRESH, ARCHIVE], ids=["refresh", "archive"])
def test_a_preview_changes_nothing(api, reviewed, body):
    before = state(reviewed)
    answer = complete(api, reviewed, dry_run=True, **body).json()
    assert (answer["status"], answer["writes_km"]) == ("dry_run", False)
    assert state(reviewed) == before


def test_a_refresh_writes_the_entry_its_revision_and_closes_the_review(api, reviewed):
    answer = confirmed(api, reviewed, updated_title="Disk is full", **REFRESH).json()
    assert (answer["status"], answer["writes_km"]) == ("completed", True)
    reviewed.refresh_from_db()
    assert reviewed.title == "Disk is full"
    assert reviewed.content == REFRESH["updated_content"]
    assert now() - reviewed.updated_at < timedelta(minutes=1)
    assert (reviewed.status, reviewed.version) == ("approved", 2)
    revision = KnowledgeRevision.objects.get(entry=reviewed, version=2)
    assert "Verified on the standby" in revision.reason
    dispatch = Dispatch.objects.get(pk=answer["dispatch_id"])
    assert (dispatch.dispatch_status, dispatch.workflow_stage) == (
        "succeeded",
        "stale_ratio_recheck",
    )
    assert GovernanceEvent.objects.get(pk=answer["governance_event_id"]).resolved
    audit = Dispatch.objects.get(pk=answer["audit_dispatch_id"])
    assert (audit.executor_type, audit.dispatch_status) == (
        "km_owner_review_completion",
        "succeeded",
    )
    recheck = Dispatch.objects.get(pk=answer["stale_ratio_recheck_dispatch_id"])
    assert (recheck.executor_type, recheck.dispatch_status) == ("stale_ratio_recheck", "pending")
    assert AuditRecord.objects.filter(action="knowledge.review.complete").count() == 1


def test_the_same_text_confirmed_by_its_owner_is_fresh(api, reviewed):
    body = {**REFRESH, "updated_content": reviewed.content}
    assert confirmed(api, reviewed, **body).status_code == 200
    reviewed.refresh_from_db()
    assert now() - reviewed.updated_at < timedelta(minutes=1)


def test_an_archived_entry_keeps_its_text(api, reviewed):
    confirmed(api, reviewed, **ARCHIVE)
    before = reviewed.content
    reviewed.refresh_from_db()
    assert (reviewed.status, reviewed.content) == ("archived", before)


def test_a_superseded_entry_names_what_takes_its_place(api, reviewed):
    other = entry(title="The new way")
    body = {"review_outcome": "supersede", "owner": "kim", "superseded_by_entry_id": str(other.pk)}
    assert confirmed(api, reviewed, **body).json()["status"] == "completed"
    reviewed.refresh_from_db()
    assert (reviewed.status, reviewed.superseded_by_id) == ("archived", other.pk)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"updated_content": None}, "updated_content"),
        ({"updated_content": "   "}, "updated_content"),
        ({"owner_note": ""}, "owner_note"),
        ({**ARCHIVE, "owner_note": ""}, "owner_note"),
        ({"review_outcome": "supersede"}, "superseded_by_entry_id"),
        ({"review_outcome": "burn"}, "review_outcome"),
        ({"owner_note": "x" * 501}, "owner_note"),
    ],
)
def test_what_an_outcome_needs_is_named(api, reviewed, change, field):
    answer = complete(api, reviewed, **{**REFRESH, **change})
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("which", ["itself", "archived", "another project's", "unknown"])
def test_only_another_entry_in_use_of_the_project_takes_its_place(
    api, reviewed, other_project, which
):
    others = {
        "itself": lambda: reviewed.pk,
        "archived": lambda: entry(status="archived").pk,
        "another project's": lambda: entry(project="other").pk,
        "unknown": lambda: "00000000-0000-0000-0000-000000000007",
    }
    body = {"review_outcome": "supersede", "owner": "kim"}
    answer = complete(api, reviewed, superseded_by_entry_id=str(others[which]()), **body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "superseded_by_entry_id"


def test_without_a_preview(api, reviewed):
    answer = complete(api, reviewed, dry_run=False, owner_approved=True, **REFRESH)
    assert (answer.status_code, answer.json()["code"]) == (409, "dry_run_required")


def test_without_the_owners_approval(api, reviewed):
    fingerprint = previewed(api, reviewed, **REFRESH)
    answer = complete(api, reviewed, dry_run=False, dry_run_plan_fingerprint=fingerprint, **REFRESH)
    assert (answer.status_code, answer.json()["code"]) == (409, "owner_approval_required")


@pytest.mark.parametrize(
    "change",
    [
        {"owner": "lee"},
        {"updated_content": "Something else"},
        {"updated_title": "Another title"},
        {"owner_note": "Other evidence"},
        ARCHIVE,
    ],
    ids=["owner", "content", "title", "note", "outcome"],
)
def test_other_inputs_than_the_previewed_ones(api, reviewed, change):
    fingerprint = previewed(api, reviewed, **REFRESH)
    before = state(reviewed)
    answer = complete(
        api,
        reviewed,
        dry_run=False,
        owner_approved=True,
        dry_run_plan_fingerprint=fingerprint,
        **{**REFRESH, **change},
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_changed")
    assert state(reviewed) == before


def test_a_row_that_changed_since(api, reviewed):
    fingerprint = previewed(api, reviewed, **REFRESH)
    KnowledgeEntry.objects.update(version=9)
    answer = complete(
        api,
        reviewed,
        dry_run=False,
        owner_approved=True,
        dry_run_plan_fingerprint=fingerprint,
        **REFRESH,
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_changed")


def test_done_already_is_told_and_not_written_twice(api, reviewed):
    first = confirmed(api, reviewed, **REFRESH).json()
    before = state(reviewed)
    again = complete(api, reviewed, dry_run=False, owner_approved=True, **REFRESH).json()
    assert again["status"] == "already_completed"
    assert again["audit_dispatch_id"] == first["audit_dispatch_id"]
    assert again["stale_ratio_recheck_dispatch_id"] == first["stale_ratio_recheck_dispatch_id"]
    assert state(reviewed) == before


def test_an_entry_that_nobody_queued(api):
    answer = complete(api, entry(30), **REFRESH)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_owner_review")


def test_anothers_dispatch_is_not_this_entrys(api, reviewed):
    other = queued(api, entry(40))
    answer = complete(api, reviewed, dispatch_id=other["dispatch_id"], **REFRESH)
    assert answer.status_code == 404


BLOCKERS = {
    "entry_archived": {"status": "archived"},
    "refreshed_since_queued": {"updated_at": None},
}


@pytest.mark.parametrize("blocker", BLOCKERS)
def test_what_stands_in_the_way_is_named(api, reviewed, blocker):
    values = {name: value or now() for name, value in BLOCKERS[blocker].items()}
    KnowledgeEntry.objects.filter(pk=reviewed.pk).update(**values)
    answer = complete(api, reviewed, **REFRESH)
    assert (answer.status_code, answer.json()["code"]) == (409, "review_blocked")
    assert answer.json()["blockers"] == [blocker]
    (item,) = api.get("/knowledge/stale-owner-reviews/completion-queue").json()["items"]
    assert (item["readiness"], item["blockers"]) == ("blocked", [blocker])


def test_without_any_owner_it_is_blocked(api):
    made = entry(30, owner="")
    queued(api, made)
    answer = complete(api, made, **{**REFRESH, "owner": ""})
    assert answer.json()["blockers"] == ["no_owner"]
    (item,) = api.get("/knowledge/stale-owner-reviews/completion-queue").json()["items"]
    assert item["blockers"] == ["no_owner"]


def test_an_entry_that_is_gone_is_listed_as_missing(api, reviewed):
    KnowledgeRevision.objects.all().delete()
    KnowledgeEntry.objects.filter(pk=reviewed.pk).delete()
    (item,) = api.get("/knowledge/stale-owner-reviews/completion-queue").json()["items"]
    assert (item["blockers"], item["title"], item["can_preview"]) == (
        ["entry_missing"],
        None,
        False,
    )
    assert complete(api, reviewed, **REFRESH).status_code == 404


def test_operators_may_not_complete(api, reviewed):
    from awooop.errors import NotAllowed
    from knowledge.actions.complete_review import Wish

    operator = factories.caller_of_user(factories.user(awoooi="operator"))
    with pytest.raises(NotAllowed):
        complete_review.complete(
            by=operator,
            entry_id=reviewed.pk,
            wish=Wish("archive", "kim", "gone"),
            dry_run=True,
            owner_approved=False,
        )


def test_another_projects_entry_is_unknown(api, other_project):
    assert complete(api, entry(30, project="other"), **REFRESH).status_code == 404


@pytest.mark.parametrize("after", range(1, 8))
def test_a_crash_between_any_two_writes_leaves_nothing(api, reviewed, monkeypatch, after):
    from awooop.actions import audit

    fingerprint = previewed(api, reviewed, **REFRESH)
    before = state(reviewed)
    real, calls = audit.append_projects, []

    def crash(**values):
        calls.append(values)
        if len(calls) == after:
            raise RuntimeError("killed")
        return real(**values)

    monkeypatch.setattr(audit, "append_projects", crash)
    answer = complete(
        api,
        reviewed,
        dry_run=False,
        owner_approved=True,
        dry_run_plan_fingerprint=fingerprint,
        **REFRESH,
    )
    assert answer.status_code == 500
    assert state(reviewed) == before


def test_the_completion_queue_filters_and_counts(api):
    for days in (10, 40, 120):
        queued(api, entry(days, title=f"Stale {days}", view_count=2))
    done = entry(50, title="Done")
    queued(api, done)
    confirmed(api, done, **ARCHIVE)
    blocked = entry(60, title="Blocked")
    queued(api, blocked)
    KnowledgeEntry.objects.filter(pk=blocked.pk).update(status="archived")

    def asked(**query):
        return api.get("/knowledge/stale-owner-reviews/completion-queue", **query).json()

    whole = asked()
    counts = {name: whole[f"{name}_count"] for name in ("ready", "blocked", "completed", "failed")}
    assert counts == {"ready": 3, "blocked": 1, "completed": 1, "failed": 0}
    assert (whole["pending_count"], whole["total"], whole["batch_writes_allowed"]) == (4, 5, False)
    assert asked(status_bucket="pending")["total"] == 4
    assert [item["title"] for item in asked(status_bucket="completed")["items"]] == ["Done"]
    assert asked(can_preview="false")["total"] == 2
    assert asked(priority_tiers="P0")["total"] == 0
    assert asked(recommended_completion_outcome="refresh_with_evidence", status_bucket="ready")[
        "total"
    ]
    assert asked(batch_governance_event_id="00000000-0000-0000-0000-000000000001")["total"] == 0
    ready = asked(status_bucket="ready")["items"][0]
    assert ready["can_confirm_after_preview"] is True
    assert "updated_content" in ready["required_owner_fields"]


def test_a_fresher_entry_about_the_same_alert_is_recommended_to_supersede(api):
    old = entry(30, alertname="DiskFull")
    entry(alertname="DiskFull", title="New")
    queued(api, old)
    (item,) = api.get("/knowledge/stale-owner-reviews/completion-queue").json()["items"]
    assert item["recommended_completion_outcome"] == "supersede"


def test_a_batch_preview_of_completions_is_always_dry(api, reviewed):
    before = state(reviewed)
    answer = api.post(
        "/knowledge/stale-owner-reviews/completion-queue/batch-preview",
        {"status_bucket": "ready", "limit": 30, "owner": "kim"},
    ).json()
    assert (answer["returned"], answer["ready_count"], answer["writes_km"]) == (1, 1, False)
    assert answer["next_action"] == "preview_each_ready_item_then_confirm_single_item"
    assert len(answer["dry_run_plan_fingerprint"]) == 64
    assert state(reviewed) == before
    bad = api.post("/knowledge/stale-owner-reviews/completion-queue/batch-preview", {"limit": 31})
    assert bad.status_code == 422


def test_the_queues_statements_do_not_grow(api, django_assert_num_queries):
    from knowledge.selectors import reviews

    for n in range(8):
        queued(api, entry(10 + n))
    with django_assert_num_queries(1):
        reviews.completion_queue(["awoooi"])


@pytest.mark.usefixtures("truncatable")
def test_of_sixteen_confirmations_at_once_one_writes():
    factories.project("awoooi")
    key = factories.api_key("awoooi")
    api = factories.ApiClient(key)
    with tenancy.scope(["awoooi"]):
        made = entry(30)
    queued(api, made)
    fingerprint = previewed(api, made, **REFRESH)

    def one():
        answer = complete(
            factories.ApiClient(key),
            made,
            dry_run=False,
            owner_approved=True,
            dry_run_plan_fingerprint=fingerprint,
            **REFRESH,
        )
        return answer.json()["status"]

    assert sorted(together([one] * 16)) == ["already_completed"] * 15 + ["completed"]
    with tenancy.scope(["awoooi"]):
        assert KnowledgeEntry.objects.get().version == 2
        assert KnowledgeRevision.objects.count() == 2
        done = Dispatch.objects.filter(executor_type="km_owner_review_completion")
        assert done.count() == 1
