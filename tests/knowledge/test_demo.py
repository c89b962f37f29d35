"""The demo's month has its knowledge: old and new, in two languages, tied to what happened."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from awooop import clock, tenancy
from knowledge import policies
from knowledge.demo import runbooks
from knowledge.models import EntryStatus, EntryType, KnowledgeEntry
from knowledge.selectors import burn_down, review_drafts, reviews, stale_candidates
from runs.demo import making
from runs.models import Incident, Playbook

MOMENT = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


def check_reviews() -> None:
    """Owners find work of each kind: candidates of each tier, reviews, a burn-down, duplicates."""
    rows = stale_candidates.candidates(["awoooi"])["items"]
    assert {row["priority_tier"] for row in rows} == {"P0", "P1", "P2"}
    counts = reviews.completion_queue(["awoooi"])["counts"]
    assert counts["ready"] >= 5
    assert counts["blocked"] == 2
    done = burn_down.burn_down(["awoooi"])
    outcomes = {item["review_outcome"] for item in done["items"]}
    assert outcomes == {"refresh_with_evidence", "archive", "supersede"}
    assert all(item["stale_ratio_snapshot"] for item in done["items"])
    assert done["burn_down_status"] == "above_threshold"
    assert review_drafts.dedupe(["awoooi"])["duplicate_draft_total"] == 2


def check_learnings() -> None:
    """Each resolved incident left what was learned; what was put away says into what."""
    resolved = Incident.objects.filter(status="resolved").values_list("pk", flat=True)
    learned = KnowledgeEntry.objects.filter(entry_type=EntryType.INCIDENT_LEARNING)
    told = list(learned.values_list("related_incident_id", flat=True))
    assert sorted(told) == sorted(resolved)
    statuses = Counter(learned.values_list("status", flat=True))
    assert statuses[EntryStatus.ARCHIVED] > statuses[EntryStatus.DRAFT] > 0
    assert statuses[EntryStatus.APPROVED] > 0
    merged = learned.filter(status=EntryStatus.ARCHIVED).exclude(superseded_by=None)
    kept = merged.select_related("superseded_by")
    assert len(kept) > 20
    assert all(one.superseded_by.alertname == one.alertname for one in kept)


def test_the_demo_has_about_eighty_entries_of_every_kind(db):
    with clock.set_to(MOMENT):
        made = making.make(project_id="awoooi", tell=lambda _: None)
        tenancy.set_for_transaction(["awoooi"])
        entries = list(KnowledgeEntry.objects.all())
        stale = [entry for entry in entries if policies.is_stale(entry)]
        check_reviews()
        check_learnings()
    assert made["knowledge_entries"] == len(entries)
    in_use = [entry for entry in entries if entry.status != EntryStatus.ARCHIVED]
    assert 70 <= len(in_use) <= 100
    assert {entry.status for entry in entries} == set(EntryStatus.values)
    assert {entry.entry_type for entry in entries} == set(EntryType.values)
    assert 0.2 < len(stale) / len(in_use) < 0.8
    assert any("磁碟空間" in entry.title for entry in entries)
    assert all(entry.updated_at <= MOMENT for entry in entries)
    incidents = set(Incident.objects.values_list("pk", flat=True))
    tied = {entry.related_incident_id for entry in entries if entry.related_incident_id}
    assert len(tied) >= 20
    assert tied <= incidents
    assert any(entry.related_playbook_id for entry in entries)
    assert any(entry.related_approval_id for entry in entries)
    books = set(Playbook.objects.values_list("name", flat=True))
    assert {text["playbook"] for text in runbooks.texts()} <= books
