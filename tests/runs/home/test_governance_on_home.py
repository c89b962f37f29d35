"""The home page tells of governance: what is open, and how the SLOs stand."""

from __future__ import annotations

from datetime import timedelta

from awooop import tenancy
from awooop.clock import now
from tests.governance import samples


def text(page, **query) -> str:
    response = page.get("/", query)
    assert response.status_code == 200
    return response.content.decode()


def statuses(**values: str) -> dict:
    return {"slo_compliance": {"_meta": {"all_status": values}}}


def test_nothing_open_and_never_checked_is_said(page):
    found = text(page)
    assert "No governance event is open." in found
    assert "never checked" in found


def test_the_gravest_come_first_and_all_are_counted(page):
    for number in range(6):
        samples.event(subject=str(number), impact=f"warning-{number}")
    samples.event(event_type="slo_violation", severity="critical", impact="the-grave-one")
    samples.event(subject="over", resolved=True, impact="long-over")
    response = page.get("/")
    assert response.context["open_events"].counts == {"critical": 1, "warning": 6, "info": 0}
    worst = [event.impact for event in response.context["open_events"].worst]
    assert worst == ["the-grave-one", *(f"warning-{n}" for n in (5, 4, 3, 2))]
    assert "long-over" not in response.content.decode()


def test_slos_are_counted_by_state_and_no_data_is_not_ok(page):
    samples.cycle(results=statuses(a="ok", b="violated", c="skipped", d="error", e="ok"))
    slos = page.get("/").context["slos"]
    assert slos.counts == {"ok": 2, "violated": 1, "skipped": 1, "error": 1}
    assert slos.is_known


def test_slos_that_nobody_can_measure_are_no_comfort(page):
    samples.cycle(results=statuses(a="skipped", b="error"))
    assert "nothing is measured" in text(page)


def test_only_the_latest_cycle_counts_and_an_old_one_is_said_to_be_old(page):
    samples.cycle(results=statuses(a="violated"), started_at=now() - timedelta(hours=9))
    samples.cycle(results=statuses(a="ok"), started_at=now() - timedelta(hours=3))
    slos = page.get("/").context["slos"]
    assert (slos.counts["ok"], slos.counts["violated"], slos.is_stale) == (1, 0, True)


def test_a_cycle_whose_slo_check_failed_is_no_failure_of_the_page(page):
    samples.cycle(results={"slo_compliance": {"error": "boom"}})
    assert "nothing is measured" in text(page)


def test_another_projects_events_are_not_told(page, other_project):
    with tenancy.scope(["other"]):
        samples.event("other", impact="foreign-words")
        samples.cycle("other", results=statuses(a="violated"))
    found = text(page)
    assert "foreign-words" not in found
    assert page.get("/").context["slos"].counts["violated"] == 0
