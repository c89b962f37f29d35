"""The metrics that the SLI rules read, by exactly their names."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from awooop import clock, counters
from knowledge.actions import entries
from tests.knowledge import make


def samples() -> dict[tuple, float]:
    text = Client().get("/metrics").content.decode()
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("knowledge_")
    }


def test_a_project_without_entries_has_zeros(project):
    assert samples() == {
        ("knowledge_entries_total", "awoooi", "draft"): 0,
        ("knowledge_entries_total", "awoooi", "review"): 0,
        ("knowledge_entries_total", "approved", "awoooi"): 0,
        ("knowledge_entries_total", "archived", "awoooi"): 0,
        ("knowledge_entries_created_24h", "awoooi"): 0,
    }


def test_entries_are_counted_by_status_before_and_after_the_fold(by):
    entry = make.entry(by)
    entries.archive(by=by, project_id="awoooi", entry_id=entry.pk, version=1)
    make.entry(by)
    before = samples()
    counters.fold()
    assert samples() == before
    assert before["knowledge_entries_total", "approved", "awoooi"] == 1
    assert before["knowledge_entries_total", "archived", "awoooi"] == 1


def test_growth_counts_the_last_24_hours(by):
    make.many(2, created_at=clock.now() - timedelta(hours=25))
    make.entry(by)
    assert samples()["knowledge_entries_created_24h", "awoooi"] == 1
