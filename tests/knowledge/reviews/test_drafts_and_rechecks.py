from __future__ import annotations

import pytest

from awooop import tenancy
from awooop.models import AuditRecord
from governance.actions import self_check
from governance.models import Dispatch, GovernanceEvent
from knowledge import tasks
from knowledge.actions import review_drafts
from knowledge.models import KnowledgeEntry, KnowledgeRevision
from runs.models import Playbook
from tests import factories
from tests.knowledge.reviews.rows import (
    ARCHIVE,
    REFRESH,
    confirmed,
    entry,
    queued,
    stale_and_fresh,
    tied,
)
from tests.runs.together import together

pytestmark = pytest.mark.django_db
HERMES = "hermes_kb_growth_healthcheck"


def degrade(*, stale: int = 3, fresh: int = 2, **values):
    """Open a knowledge degradation with its dispatch; answers the stale entries."""
    made = stale_and_fresh(stale, fresh, **values)
    self_check.run(by=factories.SYSTEM, trigger="schedule")
    return made


def drafts():
    return KnowledgeEntry.objects.filter(entry_type="review_draft")


def test_hermes_writes_one_draft_and_waits_for_the_owner(project):
    playbook = Playbook.objects.create(project=project, name="drain | node", status="approved")
    stale = degrade(**tied(related_playbook=playbook))
    before = {row["entry_id"]: row for row in KnowledgeEntry.objects.values()}
    assert tasks.hermes() == {"drafted": 1, "failed": 0, "rechecked": 0}
    draft = drafts().get()
    event = GovernanceEvent.objects.get(event_type="knowledge_degradation")
    assert (draft.status, draft.governance_event_id) == ("review", event.pk)
    for one in stale:
        assert f"/knowledge/{one.pk}" in draft.content
    assert "INC-20260101-0001" in draft.content
    assert "drain \\| node" in draft.content
    dispatch = Dispatch.objects.get(executor_type=HERMES)
    assert (dispatch.dispatch_status, dispatch.workflow_stage) == (
        "executing",
        "waiting_owner_review",
    )
    assert dispatch.decision_context["kb_draft_entry_id"] == str(draft.pk)
    after = {row["entry_id"]: row for row in KnowledgeEntry.objects.exclude(pk=draft.pk).values()}
    assert after == before


def test_hermes_run_again_writes_no_second_draft(project):
    degrade()
    tasks.hermes()
    tasks.hermes()
    assert drafts().count() == 1


def test_a_dispatch_that_is_made_again_finds_the_draft_of_its_event(project):
    degrade()
    tasks.hermes()
    Dispatch.objects.filter(executor_type=HERMES).update(dispatch_status="pending")
    tasks.hermes()
    assert drafts().count() == 1


def test_a_draft_that_cannot_be_written_fails_the_dispatch_with_the_reason(project, monkeypatch):
    degrade()

    def broken(*_args, **_values):
        raise RuntimeError("no ink")

    monkeypatch.setattr(review_drafts, "_written", broken)
    assert tasks.hermes()["failed"] == 1
    dispatch = Dispatch.objects.get(executor_type=HERMES)
    assert (dispatch.dispatch_status, dispatch.workflow_stage) == (
        "failed",
        "needs_manual_km_triage",
    )
    assert "no ink" in dispatch.operator_note


@pytest.mark.usefixtures("truncatable")
def test_four_workers_write_one_draft():
    factories.project("awoooi")
    with tenancy.scope(["awoooi"]):
        degrade()
    done = together([tasks.hermes] * 4)
    assert sum(one["drafted"] for one in done) == 1
    with tenancy.scope(["awoooi"]):
        assert drafts().count() == 1


def test_a_recheck_keeps_the_new_snapshot_and_what_changed(api):
    one, *_ = stale_and_fresh(4, 2)
    queued(api, one)
    confirmed(api, one, **REFRESH)
    tasks.hermes()
    answer = api.get("/knowledge/stale-owner-reviews/burn-down").json()
    (item,) = answer["items"]
    assert (item["stale_count_delta"], item["stale_ratio_delta"]) == (-1, -0.167)
    assert item["stale_ratio_snapshot"]["stale_count"] == 3
    assert item["above_threshold"] is True
    assert answer["burn_down_status"] == "above_threshold"
    assert answer["entries_to_threshold"] == 2
    assert (answer["completed_owner_reviews"], answer["pending_owner_reviews"]) == (1, 0)
    assert (answer["completion_audit_total"], answer["stale_ratio_recheck_total"]) == (1, 1)
    assert answer["latest_stale_count_delta"] == -1


def test_once_the_ratio_is_back_the_event_is_resolved_and_the_dispatch_done(api):
    stale = degrade(stale=2, fresh=5)
    tasks.hermes()
    queued(api, stale[0])
    confirmed(api, stale[0], **REFRESH)
    queued(api, stale[1])
    confirmed(api, stale[1], **ARCHIVE)
    tasks.hermes()
    event = GovernanceEvent.objects.get(event_type="knowledge_degradation")
    assert (event.resolved, event.resolved_by) == (True, "system")
    dispatch = Dispatch.objects.get(executor_type=HERMES)
    assert (dispatch.dispatch_status, dispatch.workflow_stage) == (
        "succeeded",
        "stale_ratio_recheck",
    )
    answer = api.get("/knowledge/stale-owner-reviews/burn-down").json()
    assert answer["burn_down_status"] == "at_or_below_threshold"


def test_nothing_at_all_is_no_data(api):
    answer = api.get("/knowledge/stale-owner-reviews/burn-down").json()
    assert (answer["burn_down_status"], answer["items"]) == ("no_data", [])


@pytest.fixture
def group(project):
    """The canonical draft of an event and two that say the same."""
    degrade()
    tasks.hermes()
    canonical = drafts().get()
    extra = [
        entry(n, entry_type="review_draft", governance_event_id=canonical.governance_event_id)
        for n in (1, 2)
    ]
    return canonical, extra


def archive(api, group, **change):
    canonical, extra = group
    body = {
        "canonical_entry_id": str(canonical.pk),
        "duplicate_entry_ids": [str(one.pk) for one in extra],
        "owner": "kim",
        **change,
    }
    return api.post(f"/knowledge/review-drafts/{canonical.governance_event_id}/archive", body)


def archived(api, group):
    fingerprint = archive(api, group).json()["dry_run_plan_fingerprint"]
    return archive(
        api, group, dry_run=False, owner_approved=True, dry_run_plan_fingerprint=fingerprint
    )


def test_dedupe_names_the_draft_that_the_dispatch_names(api, group):
    canonical, extra = group
    answer = api.get("/knowledge/review-drafts/dedupe").json()
    assert (answer["total_review_drafts"], answer["duplicate_draft_total"]) == (3, 2)
    (found,) = answer["groups"]
    assert found["canonical_entry_id"] == str(canonical.pk)
    assert found["preferred_source"] == "dispatch_context"
    assert set(found["duplicate_entry_ids"]) == {str(one.pk) for one in extra}
    assert found["can_archive_without_owner_approval"] is False


def test_without_a_dispatch_the_latest_draft_stays(api, project):
    event = "00000000-0000-0000-0000-00000000000a"
    entry(3, entry_type="review_draft", governance_event_id=event)
    latest = entry(1, entry_type="review_draft", governance_event_id=event)
    (found,) = api.get("/knowledge/review-drafts/dedupe").json()["groups"]
    assert found["canonical_entry_id"] == str(latest.pk)
    assert found["preferred_source"] == "latest_review_draft"


def test_a_preview_of_the_archiving_changes_nothing(api, group):
    before = list(KnowledgeEntry.objects.order_by("pk").values())
    answer = archive(api, group).json()
    assert (answer["status"], answer["stale_ratio_recheck_status"]) == ("dry_run", "dry_run")
    assert len(answer["would_archive_entry_ids"]) == 2
    assert answer["archived_entry_ids"] == []
    assert list(KnowledgeEntry.objects.order_by("pk").values()) == before


def test_confirmed_duplicates_are_archived_and_the_ratio_is_measured(api, group):
    answer = archived(api, group).json()
    assert (answer["status"], answer["stale_ratio_recheck_status"]) == ("archived", "completed")
    assert len(answer["archived_entry_ids"]) == 2
    canonical, extra = group
    for one in extra:
        one.refresh_from_db()
        assert (one.status, one.superseded_by_id) == ("archived", canonical.pk)
    recheck = Dispatch.objects.get(pk=answer["stale_ratio_recheck_dispatch_id"])
    assert recheck.dispatch_status == "succeeded"
    assert AuditRecord.objects.filter(action="knowledge.review_drafts.archive").count() == 1
    (found,) = api.get("/knowledge/review-drafts/dedupe").json()["groups"]
    assert (found["duplicate_count"], found["archive_history"][0]["archived_count"]) == (0, 2)


def test_archived_already_is_told(api, group):
    archived(api, group)
    again = archive(api, group, dry_run=False, owner_approved=True).json()
    assert (again["status"], again["stale_ratio_recheck_status"]) == (
        "noop_already_archived",
        "not_requested",
    )
    assert len(again["skipped_entry_ids"]) == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"dry_run_plan_fingerprint": None}, "dry_run_required"),
        ({"dry_run_plan_fingerprint": "0" * 64}, "plan_changed"),
        ({"owner_approved": False}, "owner_approval_required"),
        ({"owner": "lee"}, "plan_changed"),
    ],
)
def test_the_archiving_is_refused(api, group, change, code):
    fingerprint = archive(api, group).json()["dry_run_plan_fingerprint"]
    body = {"owner_approved": True, "dry_run_plan_fingerprint": fingerprint, **change}
    answer = archive(api, group, dry_run=False, **body)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert drafts().exclude(status="archived").count() == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"canonical_entry_id": "00000000-0000-0000-0000-000000000001"}, "canonical_entry_id"),
        (
            {"duplicate_entry_ids": ["00000000-0000-0000-0000-000000000001"]},
            "duplicate_entry_ids.0",
        ),
        ({"duplicate_entry_ids": []}, "duplicate_entry_ids"),
        (
            {"duplicate_entry_ids": ["00000000-0000-0000-0000-000000000001"] * 101},
            "duplicate_entry_ids",
        ),
        ({"owner": ""}, "owner"),
    ],
)
def test_what_does_not_belong_to_the_group_is_named(api, group, change, field):
    answer = archive(api, group, **change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_the_canonical_one_is_no_duplicate_of_itself(api, group):
    canonical, _extra = group
    answer = archive(api, group, duplicate_entry_ids=[str(canonical.pk)])
    assert answer.json()["errors"][0]["field"] == "duplicate_entry_ids.0"


def test_an_entry_that_is_no_draft_is_never_archived_here(api, group):
    approved = entry()
    answer = archive(api, group, duplicate_entry_ids=[str(approved.pk)])
    assert answer.status_code == 422


def test_another_projects_event_is_unknown(group, other_project):
    stranger = factories.ApiClient(factories.api_key("other"))
    assert archive(stranger, group).status_code == 404


def test_the_whole_loop_over_the_api(api):
    """Degraded, drafted, previewed, queued, completed each way, rechecked, resolved."""
    stale = degrade(stale=3, fresh=6)
    tasks.hermes()
    batch = {"owner": "kim", "priority_tiers": ["P0", "P1", "P2"], "limit": 10}
    path = "/knowledge/stale-owner-reviews/batch"
    fingerprint = api.post(path, batch).json()["dry_run_plan_fingerprint"]
    confirmed_batch = {**batch, "dry_run": False, "dry_run_plan_fingerprint": fingerprint}
    assert api.post(path, confirmed_batch).json()["queued_count"] == 3
    other = entry(title="The new way")
    supersede = {
        "review_outcome": "supersede",
        "owner": "kim",
        "superseded_by_entry_id": str(other.pk),
    }
    for made, body in zip(stale, (REFRESH, ARCHIVE, supersede), strict=True):
        assert confirmed(api, made, **body).json()["status"] == "completed"
    tasks.hermes()
    answer = api.get("/knowledge/stale-owner-reviews/burn-down").json()
    assert answer["burn_down_status"] == "at_or_below_threshold"
    assert answer["current_snapshot"]["stale_count"] == 0
    assert len(answer["items"]) == 3
    assert GovernanceEvent.objects.get(event_type="knowledge_degradation").resolved
    actions = set(AuditRecord.objects.values_list("action", flat=True))
    assert {
        "governance.event.open",
        "governance.dispatch.open",
        "knowledge.review_draft.create",
        "governance.dispatch.executing",
        "knowledge.review.complete",
        "governance.dispatch.succeeded",
        "governance.event.resolve",
    } <= actions
    assert KnowledgeRevision.objects.filter(entry=stale[0], version=2).exists()
