"""The tabs of the summary, the SLOs and the self-checks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_q.models import Schedule

from awooop import clock, tenancy
from awooop.clock import now
from governance.insights.own import TYPES_AT_MOST
from governance.models import SelfCheckCycle, SloSample
from governance.self_checks import Checked, SelfCheck, registered_for_test
from tests import factories
from tests.governance import samples
from tests.runs.transactions import read_only

TABS = ("events", "queue", "summary", "slo", "drift", "checks")


def text(page, tab, **query) -> str:
    response = page.get("/governance", {"tab": tab, **query})
    assert response.status_code == 200
    return response.content.decode()


def sample(slo, status="ok", value=0.9, reason="", hours=1, project_id="awoooi"):
    return SloSample.objects.create(
        project_id=project_id, slo=slo, status=status, value=value, reason=reason,
        evaluated_at=now() - timedelta(hours=hours),
    )  # fmt: skip


def card(found: str, slo: str) -> str:
    return found.split(f'id="slo-awoooi-{slo}"')[1].split("</article>")[0]


# all of them


@pytest.mark.parametrize("tab", TABS)
def test_an_empty_project_and_a_reader_without_one_see_the_tab(page, tab):
    assert page.get("/governance", {"tab": tab}).status_code == 200
    nobody = Client()
    nobody.force_login(factories.user("nobody@example.org"))
    assert nobody.get("/governance", {"tab": tab}).status_code == 200


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_answers_in_a_read_only_transaction(page, tab):
    samples.dispatch()
    samples.cycle()
    sample("autonomy_rate")
    with read_only():
        assert page.get("/governance", {"tab": tab}).status_code == 200


@pytest.mark.parametrize("tab", TABS)
def test_another_project_is_404_in_every_tab(page, other_project, tab):
    assert page.get("/governance", {"tab": tab, "project_id": "other"}).status_code == 404


def test_the_tabs_keep_the_chosen_project(page):
    assert "tab=queue&amp;project_id=awoooi" in text(page, "events", project_id="awoooi")


# summary


def test_the_summary_draws_every_day_and_stands_as_a_table_too(page):
    at = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
    with clock.set_to(at):
        samples.event(triggered_at=at, resolved=True)
        samples.event(triggered_at=at, subject="b")
        found = text(page, "summary")
    assert "50.0 %" in found
    assert '<svg class="chart stacked"' in found
    table = found.split("<tbody>")[1].split("</tbody>")[0]
    assert table.count("<tr>") == 30
    assert '<th scope="row">11-20</th><td class="num">2</td><td class="num">2</td>' in table


def test_a_month_without_events_is_no_chart(page):
    found = text(page, "summary")
    assert "No events in these days" in found
    assert '<svg class="chart stacked"' not in found


def test_series_differ_by_texture_and_the_many_are_put_together(page):
    for number in range(TYPES_AT_MOST + 3):
        samples.event(event_type=f"type_{number}", severity="info")
    series = page.get("/governance", {"tab": "summary"}).context["series"]
    assert len(series) == TYPES_AT_MOST
    assert series[-1]["total"] == 4
    assert "url(#texture-6-" in text(page, "summary")


# SLOs


def test_a_card_says_value_target_red_line_and_status(page):
    sample("autonomy_rate", "violated", 0.55, hours=5)
    sample("autonomy_rate", "ok", 0.91)
    found = card(text(page, "slo"), "autonomy_rate")
    for words in ("Autonomy", "91.0 %", "80.0 %", "70.0 %", "OK", "On target", "1 violated"):
        assert words in found
    assert '<svg class="chart sparkline"' in found


def test_a_violated_one_says_by_how_much(page):
    sample("autonomy_rate", "violated", 0.55)
    found = card(text(page, "slo"), "autonomy_rate")
    assert "Violated" in found
    assert "Beyond the red line by 15 percentage points" in found


def test_within_the_red_line_is_not_on_target(page):
    sample("decision_accuracy", "ok", 0.87)
    assert "short of the target by 3 percentage" in card(text(page, "slo"), "decision_accuracy")


@pytest.mark.parametrize("reason", ["no_data", "non_finite_value"])
def test_no_data_is_unmistakable_and_never_ok(page, reason):
    sample("autonomy_rate", "skipped", None, reason)
    found = card(text(page, "slo"), "autonomy_rate")
    assert "No data" in found
    assert reason in found
    assert "counts neither as met nor as violated" in found
    assert "badge-ok" not in found
    assert ">0.0 %" not in found


def test_an_error_is_said_with_its_cause(page):
    sample("autonomy_rate", "error", None, "prometheus_unreachable")
    found = card(text(page, "slo"), "autonomy_rate")
    assert "Error" in found
    assert "It could not be measured." in found
    assert "badge-ok" not in found


def test_old_numbers_are_said_to_be_old(page):
    sample("autonomy_rate", hours=1)
    assert "These are not fresh" not in text(page, "slo")
    SloSample.objects.update(evaluated_at=now() - timedelta(hours=3))
    assert "These are not fresh" in text(page, "slo")


# self-checks


def _answers(context):
    return {project: Checked({"checked": 7}) for project in context.projects}


def _fails(context):
    raise RuntimeError("the table is locked")


CHECK = SelfCheck("own_check", frozenset(), _answers)
BROKEN = SelfCheck("broken_check", frozenset(), _fails)


def run_now(page, **query):
    address = "/governance/self-check"
    if query:
        address += "?" + "&".join(f"{k}={v}" for k, v in query.items())
    return page.post(address, follow=True)


def test_the_latest_cycle_shows_answers_times_and_errors(page):
    samples.cycle(
        results={
            "trust_drift": {"checked": 4, "drifted": 1},
            "llm_hallucination": {"error": "boom"},
        },
        timings_ms={"trust_drift": 3.2, "llm_hallucination": 1500},
        failed_checks=["llm_hallucination"],
    )
    found = text(page, "checks")
    for words in ("checked 4", "drifted 1", "boom", "3 ms", "1.5 s", "Error"):
        assert words in found


def test_each_project_has_its_own_latest_cycle(other_project):
    with tenancy.scope(["other"]):
        samples.cycle("other")
    samples.cycle(started_at=now() - timedelta(hours=2))
    samples.cycle()
    both = Client()
    both.force_login(factories.user("both@example.org", awoooi="viewer", other="viewer"))
    latest = both.get("/governance", {"tab": "checks"}).context["latest"]
    assert [one["cycle"].project_id for one in latest] == ["awoooi", "other"]


def test_the_next_run_is_told_and_a_pause_too(page):
    assert "not scheduled yet" in text(page, "checks")
    bell = Schedule.objects.create(
        name="governance.self_check", func="x", next_run=now() + timedelta(minutes=31)
    )
    assert "in 30 min" in text(page, "checks") or "in 31 min" in text(page, "checks")
    Schedule.objects.filter(pk=bell.pk).update(repeats=0)
    assert "An administrator paused it." in text(page, "checks")


def test_run_now_keeps_a_cycle_and_says_what_it_did(page):
    with registered_for_test(CHECK, alone=True):
        found = run_now(page).content.decode()
    assert "1 project was checked: 0 events opened, 0 resolved." in found
    cycle = SelfCheckCycle.objects.get()
    assert (cycle.trigger, cycle.results) == ("manual", {"own_check": {"checked": 7}})


def test_run_now_within_a_minute_says_so_and_does_not(page):
    with registered_for_test(CHECK, alone=True):
        run_now(page)
        found = run_now(page).content.decode()
    assert "Checked less than a minute ago, not again: awoooi." in found
    assert SelfCheckCycle.objects.count() == 1


def test_run_now_names_the_checks_in_error(page):
    with registered_for_test(CHECK, BROKEN, alone=True):
        found = run_now(page).content.decode()
    assert "Checks in error: broken_check." in found
    assert "the table is locked" in found


def test_a_viewer_neither_sees_nor_presses_the_button(project):
    client = Client()
    client.force_login(factories.user("viewer@example.org", awoooi="viewer"))
    assert "Run now" not in text(client, "checks")
    assert client.post("/governance/self-check").status_code == 403
    assert not SelfCheckCycle.objects.exists()


def test_run_now_for_another_project_is_404(page, other_project):
    assert page.post("/governance/self-check?project_id=other").status_code == 404


def test_run_now_checks_only_where_the_reader_may(other_project):
    mixed = Client()
    mixed.force_login(factories.user("mixed@example.org", awoooi="operator", other="viewer"))
    with registered_for_test(CHECK, alone=True):
        run_now(mixed)
    with tenancy.scope(["awoooi", "other"]):
        assert [cycle.project_id for cycle in SelfCheckCycle.objects.all()] == ["awoooi"]


def test_twice_the_cycles_cost_no_more_statements(page):
    counts = []
    for _ in range(2):
        for _ in range(4):
            samples.cycle(started_at=now() - timedelta(hours=len(counts)))
        with CaptureQueriesContext(connection) as queries:
            text(page, "checks")
        counts.append(len(queries.captured_queries))
    assert counts[0] == counts[1]
